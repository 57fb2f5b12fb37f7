// SPDX-License-Identifier: Apache-2.0
// Forms the groups that depend on scores: the weakest of every m weights, the weakest units.
#ifndef ESPALIER_STRUCTURE_DETAIL_ASSIGN_HPP
#define ESPALIER_STRUCTURE_DETAIL_ASSIGN_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include <espalier/structure/kernel_matrix.hpp>
#include <espalier/structure/rules.hpp>

namespace espalier::inline v0::structure::detail {

/// Sorts places descending by their scores; of equal ones the first comes first. One sort serves both rules below.
inline void sort_best_first(std::vector<std::size_t>& places, const double* scores) {
  std::sort(places.begin(), places.end(),
            [&](std::size_t a, std::size_t b) { return scores[a] > scores[b] || (scores[a] == scores[b] && a < b); });
}

/// @return one group per weight: its unit if it can go, the number of units if it stays.
[[nodiscard]] inline std::vector<std::uint32_t> assign(const n_of_m& rule, const kernel_matrix& m,
                                                       std::span<const double> scores) {
  std::vector<std::uint32_t> groups(m.weights(), static_cast<std::uint32_t>(m.outputs));
  std::vector<std::size_t> order;
  for (std::size_t output = 0; output < m.outputs; ++output) {
    for (std::size_t begin = 0; begin < m.inputs; begin += (std::min)(rule.m, m.inputs - begin)) {
      order.resize((std::min)(rule.m, m.inputs - begin));
      for (std::size_t i = 0; i < order.size(); ++i) {
        order[i] = (begin + i) * m.outputs + output;
      }
      sort_best_first(order, scores.data());
      for (std::size_t place = rule.n; place < order.size(); ++place) {
        groups[order[place]] = static_cast<std::uint32_t>(output);
      }
    }
  }
  return groups;
}

/// @return one group per unit, the weakest first.
[[nodiscard]] inline std::vector<std::uint32_t> assign(const round_to& rule, const kernel_matrix& m,
                                                       std::span<const double> scores) {
  std::vector<double> sums(m.outputs, 0.0);
  for (std::size_t index = 0; index < scores.size(); ++index) {
    sums[index % m.outputs] += scores[index];
  }
  std::vector<std::size_t> order(m.outputs);
  std::iota(order.begin(), order.end(), std::size_t{0});
  sort_best_first(order, sums.data());
  std::vector<std::uint32_t> groups(m.outputs);
  for (std::size_t place = 0; place < order.size(); ++place) {
    groups[order[place]] = static_cast<std::uint32_t>((order.size() - 1 - place) / rule.units);
  }
  return groups;
}

/// All other rules need no scores.
template <class Rule>
[[nodiscard]] std::vector<std::uint32_t> assign(const Rule& /*rule*/, const kernel_matrix& /*m*/,
                                                std::span<const double> /*scores*/) {
  return {};
}

}  // namespace espalier::inline v0::structure::detail

#endif
