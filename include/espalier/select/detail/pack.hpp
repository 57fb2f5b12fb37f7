// SPDX-License-Identifier: Apache-2.0
// Turns layers, their savings and budgets into one knapsack problem of whole numbers.
#ifndef ESPALIER_SELECT_DETAIL_PACK_HPP
#define ESPALIER_SELECT_DETAIL_PACK_HPP

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <span>
#include <vector>

#include <espalier/select/detail/checked.hpp>
#include <espalier/select/detail/layer_knapsack.hpp>
#include <espalier/select/detail/losses.hpp>
#include <espalier/select/selection.hpp>

namespace espalier::inline v0::select::detail {

/// What pruning may leave of a resource: whole units, and no unit lost to a rounding of (1 - s) R.
[[nodiscard]] inline std::int64_t budget_of(std::int64_t usage, double sparsity) {
  const auto whole = static_cast<double>(usage);
  return static_cast<std::int64_t>(std::floor((1 - sparsity) * whole + (std::max)(1e-9, 1e-14 * whole)));
}

[[nodiscard]] inline double sparsity_of(const std::vector<double>& sparsity, std::size_t resource) {
  return sparsity.size() == 1 ? sparsity[0] : sparsity[resource];
}

/// Puts layers into a knapsack, one after the other.
template <std::size_t M>
class packer {
 public:
  using saving = std::array<std::int64_t, M>;

  packer(std::span<const candidate<M>> candidates, layer_knapsack<M>& k) : candidates_(candidates), k_(k) {}

  void operator()(const std::vector<double>& sparsity) {
    find_unit();
    saving taken{};
    for (layer_share<M>& layer : k_.layers) {
      measure(layer);
      for (std::size_t r = 0; r < M; ++r) {
        const std::int64_t stuck = exact(layer).product(layer.stuck[r], k_.unit);
        taken[r] = exact(layer).sum(taken[r], exact(layer).sum(stuck, layer.forced_use[r]));
      }
    }
    // The rows of the common budget come first; more are added for layers whose own budget needs them.
    for (std::size_t r = 0; r < M; ++r) {
      k_.budget[r] = budget_of(k_.usage[r], sparsity_of(sparsity, r));
      k_.problem.capacities.push_back((std::max)(std::int64_t{0}, k_.budget[r] * k_.unit - taken[r]));
    }
    for (std::size_t l = 0; l < k_.layers.size(); ++l) {
      limit(l);
    }
    for (const budget_row& one : k_.own_rows) {
      k_.problem.capacities.push_back(one.capacity);
    }
    std::size_t items = 0;
    for (const layer_share<M>& layer : k_.layers) {
      items += of(layer).groups->count();
    }
    k_.values.reserve(items);
    for (std::size_t l = 0; l < k_.layers.size(); ++l) {
      add_items(l);
    }
  }

 private:
  [[nodiscard]] checked exact(const layer_share<M>& layer) const { return checked(of(layer).attributes.name); }
  [[nodiscard]] const candidate<M>& of(const layer_share<M>& layer) const { return candidates_[layer.candidate]; }

  void find_unit() {
    for (const layer_share<M>& layer : k_.layers) {
      const std::int64_t denominator = of(layer).savings.denominator;
      k_.unit = exact(layer).product(k_.unit / std::gcd(k_.unit, denominator), denominator);
    }
  }

  /// Sums up what a layer uses, what none of its groups frees and what it is forced to keep.
  void measure(layer_share<M>& layer) {
    const auto& savings = of(layer).savings;
    const checked count = exact(layer);
    layer.factor = k_.unit / savings.denominator;
    saving freed{};
    saving first{};
    for (const auto& run : savings.savings) {
      first = first == saving{} ? run.saving : first;
      layer.alike = layer.alike && (run.saving == saving{} || run.saving == first);
      for (std::size_t r = 0; r < M; ++r) {
        freed[r] = count.sum(freed[r], count.product(run.saving[r], static_cast<std::int64_t>(run.count)));
      }
    }
    for (std::size_t r = 0; r < M; ++r) {
      const std::int64_t left = count.product(savings.usage[r], savings.denominator) - freed[r];
      // Less than a unit is only what rounding the usage up has added.
      layer.stuck[r] = (std::max)(std::int64_t{0}, left / savings.denominator);
      k_.usage[r] = count.sum(k_.usage[r], savings.usage[r]);
      static_cast<void>(count.product(k_.usage[r], k_.unit));  // every budget is below this
    }
    for (const std::size_t group : layer.forced) {
      const saving one = saving_of(layer, group);
      for (std::size_t r = 0; r < M; ++r) {
        layer.forced_use[r] = count.sum(layer.forced_use[r], one[r]);
      }
    }
  }

  [[nodiscard]] saving saving_of(const layer_share<M>& layer, std::size_t group) const {
    for (const auto& run : of(layer).savings.savings) {
      if (group < run.count) {
        return scaled(layer, run.saving);
      }
      group -= run.count;
    }
    return {};
  }

  [[nodiscard]] saving scaled(const layer_share<M>& layer, saving one) const {
    for (std::int64_t& number : one) {
      number = exact(layer).product(number, layer.factor);
    }
    return one;
  }

  /// Applies a layer's own budget. Where all groups that cost are alike it leaves room for so many, and these are the
  /// most valuable; only where they differ does the budget need rows of its own.
  void limit(std::size_t l) {
    layer_share<M>& layer = k_.layers[l];
    if (layer.own_sparsity == nullptr) {
      return;
    }
    const auto& savings = of(layer).savings;
    saving one{};
    for (const auto& run : savings.savings) {
      one = one == saving{} ? scaled(layer, run.saving) : one;
    }
    std::size_t most = of(layer).groups->count();
    for (std::size_t r = 0; r < M; ++r) {
      const std::int64_t budget = budget_of(savings.usage[r], sparsity_of(*layer.own_sparsity, r));
      const std::int64_t room = (std::max)(std::int64_t{0}, (budget - layer.stuck[r]) * k_.unit - layer.forced_use[r]);
      if (!layer.alike) {
        k_.own_rows.push_back({l, r, room});
      } else if (one[r] > 0) {
        most = (std::min)(most, static_cast<std::size_t>(room / one[r]));
      }
    }
    if (layer.alike) {
      mark_beyond(layer, most);
    }
  }

  /// Marks the groups that cost and are not forced, but for the most valuable ones.
  void mark_beyond(layer_share<M>& layer, std::size_t most) {
    layer.beyond = costing(of(layer));
    for (const std::size_t g : layer.forced) {
      layer.beyond[g] = 0;
    }
    const auto open = [&](std::size_t g) { return layer.beyond[g] != 0; };
    for (const std::size_t g : most_valuable(of(layer), most, open)) {
      layer.beyond[g] = 0;
    }
  }

  void add_items(std::size_t l) {
    const layer_share<M>& layer = k_.layers[l];
    std::map<saving, std::uint32_t> classes;
    auto forced = layer.forced.begin();
    std::size_t group = 0;
    for (const auto& run : of(layer).savings.savings) {
      const std::uint32_t item_class = class_of(l, scaled(layer, run.saving), classes);
      for (std::size_t end = group + run.count; group < end;) {
        const bool none_left = forced == layer.forced.end() || *forced >= end;
        const std::size_t next = none_left ? end : *forced;
        add_run(item_class, next - group);
        group = next;
        if (!none_left) {
          add_run(class_of(l, saving{}, classes), 1);  // its weight is already off the capacity
          ++group;
          ++forced;
        }
      }
    }
    add_values(layer);
  }

  /// What the groups of a layer are worth; nothing if there are too many of them.
  void add_values(const layer_share<M>& layer) {
    const candidate<M>& c = of(layer);
    const std::size_t begin = k_.values.size();
    if (c.prune.empty() || c.share.empty()) {
      const std::vector<double>& only = c.share.empty() ? c.prune : c.share;
      k_.values.insert(k_.values.end(), only.begin(), only.end());
    } else {
      for (std::size_t group = 0; group < c.prune.size(); ++group) {
        k_.values.push_back(loss_of(c, group));
      }
    }
    for (std::size_t group = 0; group < layer.beyond.size(); ++group) {
      k_.values[begin + group] = layer.beyond[group] != 0 ? 0.0 : k_.values[begin + group];
    }
  }

  void add_run(std::uint32_t item_class, std::size_t count) {
    auto& runs = k_.problem.runs;
    if (count == 0) {
      return;
    }
    if (runs.empty() || runs.back().item_class != item_class) {
      runs.push_back({item_class, 0});
    }
    runs.back().count += count;
  }

  [[nodiscard]] std::uint32_t class_of(std::size_t l, const saving& one, std::map<saving, std::uint32_t>& classes) {
    const auto next = static_cast<std::uint32_t>(k_.problem.weights.size() / k_.problem.capacities.size());
    const auto [found, is_new] = classes.emplace(one, next);
    if (is_new) {
      k_.problem.weights.insert(k_.problem.weights.end(), one.begin(), one.end());
      for (const budget_row& own : k_.own_rows) {
        k_.problem.weights.push_back(own.layer == l ? one[own.resource] : 0);
      }
    }
    return found->second;
  }

  std::span<const candidate<M>> candidates_;
  layer_knapsack<M>& k_;
};

}  // namespace espalier::inline v0::select::detail

#endif
