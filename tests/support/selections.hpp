// SPDX-License-Identifier: Apache-2.0
// Candidates for tests of selection, and the best selection by enumeration.
#ifndef ESPALIER_TESTS_SUPPORT_SELECTIONS_HPP
#define ESPALIER_TESTS_SUPPORT_SELECTIONS_HPP

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <espalier/base/random_generator.hpp>
#include <espalier/select/selection.hpp>

namespace support {

/// A layer of single weights, each a group, with the given savings in runs and the given losses.
template <std::size_t M>
espalier::select::candidate<M> candidate_of(const std::string& name, std::vector<double> losses,
                                            std::vector<espalier::objective::saving_run<M>> savings) {
  espalier::select::candidate<M> result;
  result.attributes.name = name;
  result.attributes.kernel_shape = {1, losses.size()};
  result.savings.savings = std::move(savings);
  for (const auto& run : result.savings.savings) {
    for (std::size_t r = 0; r < M; ++r) {
      result.savings.usage[r] += run.saving[r] * static_cast<std::int64_t>(run.count);
    }
  }
  result.groups.emplace(espalier::structure::unstructured{}, result.attributes.kernel_shape);
  result.prune = std::move(losses);
  return result;
}

/// A few layers with random savings (some 0, some fractions, some usage that no group frees) and losses (some equal).
template <std::size_t M>
std::vector<espalier::select::candidate<M>> random_candidates(espalier::random_generator& random,
                                                              std::size_t groups_in_all) {
  std::vector<espalier::select::candidate<M>> layers;
  while (groups_in_all > 0) {
    const std::size_t groups = 1 + static_cast<std::size_t>(random.below(groups_in_all));
    groups_in_all -= groups;
    std::vector<double> losses;
    std::vector<espalier::objective::saving_run<M>> savings;
    for (std::size_t group = 0; group < groups; ++group) {
      losses.push_back(random.below(3) == 0 ? static_cast<double>(random.below(3)) : random.uniform());
      if (savings.empty() || random.below(3) == 0) {
        savings.push_back({0, {}});
        for (std::int64_t& number : savings.back().saving) {
          number = static_cast<std::int64_t>(random.below(4));
        }
      }
      ++savings.back().count;
    }
    auto layer = candidate_of<M>("layer " + std::to_string(layers.size()), losses, savings);
    layer.savings.denominator = 1 + static_cast<std::int64_t>(random.below(3));
    for (std::int64_t& number : layer.savings.usage) {
      number = (number + layer.savings.denominator - 1) / layer.savings.denominator +
               static_cast<std::int64_t>(random.below(2));
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

/// What enumeration asks of a choice: which layers share which budget, and how many groups each layer keeps at least.
struct demand {
  std::vector<std::vector<double>> budgets;                ///< [budget][resource], in whole units
  std::vector<std::vector<std::size_t>> layers_of_budget;  ///< [budget]
  std::size_t minimum_kept = 0;
};

/// The largest value of a choice that meets the demand, over all 2^groups; -1 if there is none.
template <std::size_t M>
double best_by_enumeration(const std::vector<espalier::select::candidate<M>>& layers, const demand& wanted) {
  struct group {
    std::size_t layer = 0;
    double loss = 0;
    std::array<double, M> saving{};
  };
  std::vector<group> groups;
  std::vector<std::array<double, M>> stuck(layers.size());
  for (std::size_t l = 0; l < layers.size(); ++l) {
    std::array<double, M> freeable{};
    for (const auto& run : layers[l].savings.savings) {
      for (std::size_t i = 0; i < run.count; ++i) {
        const std::size_t place = static_cast<std::size_t>(
            std::count_if(groups.begin(), groups.end(), [&](const group& g) { return g.layer == l; }));
        groups.push_back({l, layers[l].prune[place], {}});
        for (std::size_t r = 0; r < M; ++r) {
          groups.back().saving[r] =
              static_cast<double>(run.saving[r]) / static_cast<double>(layers[l].savings.denominator);
          freeable[r] += groups.back().saving[r];
        }
      }
    }
    for (std::size_t r = 0; r < M; ++r) {
      stuck[l][r] = std::floor(static_cast<double>(layers[l].savings.usage[r]) - freeable[r] + 1e-9);
    }
  }
  double best = -1;
  for (std::uint64_t choice = 0; choice < std::uint64_t{1} << groups.size(); ++choice) {
    std::vector<std::array<double, M>> used = stuck;
    std::vector<std::size_t> kept(layers.size(), 0);
    double value = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      if ((choice >> g & 1U) != 0) {
        value += groups[g].loss;
        ++kept[groups[g].layer];
        for (std::size_t r = 0; r < M; ++r) {
          used[groups[g].layer][r] += groups[g].saving[r];
        }
      }
    }
    bool meets = true;
    for (std::size_t l = 0; l < layers.size(); ++l) {
      meets = meets && kept[l] >= (std::min)(wanted.minimum_kept, layers[l].prune.size());
    }
    for (std::size_t b = 0; b < wanted.budgets.size(); ++b) {
      for (std::size_t r = 0; r < M; ++r) {
        double sum = 0;
        for (const std::size_t l : wanted.layers_of_budget[b]) {
          sum += used[l][r];
        }
        meets = meets && sum <= wanted.budgets[b][r] + 1e-9;
      }
    }
    best = meets ? (std::max)(best, value) : best;
  }
  return best;
}

}  // namespace support

#endif
