// SPDX-License-Identifier: Apache-2.0
// Greedy knapsack: fast, always feasible, and in one dimension at least half of the optimum.
#ifndef ESPALIER_KNAPSACK_GREEDY_HPP
#define ESPALIER_KNAPSACK_GREEDY_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <espalier/knapsack/detail/answer.hpp>
#include <espalier/knapsack/problem.hpp>
#include <espalier/knapsack/solution.hpp>
#include <espalier/knapsack/validate.hpp>

namespace espalier::inline v0::knapsack {

namespace detail {

/// What an item takes, as a share of each capacity, all shares added; infinite where the capacity is 0.
template <class Value>
[[nodiscard]] std::vector<double> scaled_weights(const problem<Value>& p) {
  std::vector<double> scaled(p.classes(), 0.0);
  for (std::size_t c = 0; c < p.classes(); ++c) {
    for (std::size_t r = 0; r < p.resources(); ++r) {
      const auto weight = static_cast<double>(p.weights_of(c)[r]);
      if (weight > 0) {
        scaled[c] += p.capacities[r] == 0 ? std::numeric_limits<double>::infinity()
                                          : weight / static_cast<double>(p.capacities[r]);
      }
    }
  }
  return scaled;
}

/// Keeps items in the given order as long as they fit, skipping what does not.
template <class Value>
[[nodiscard]] std::vector<std::uint8_t> keep_in_order(const problem<Value>& p, const std::vector<std::size_t>& order,
                                                      const std::vector<std::uint32_t>& classes) {
  std::vector<std::uint8_t> kept(p.items(), 0);
  std::vector<std::int64_t> left = p.capacities;
  for (const std::size_t item : order) {
    if (p.resources() == 0) {
      kept[item] = 1;
      continue;
    }
    const auto weights = p.weights_of(classes[item]);
    bool room = true;
    for (std::size_t r = 0; r < left.size(); ++r) {
      room = room && weights[r] <= left[r];
    }
    if (room) {
      kept[item] = 1;
      for (std::size_t r = 0; r < left.size(); ++r) {
        left[r] -= weights[r];
      }
    }
  }
  return kept;
}

}  // namespace detail

/// Takes items by value per share of the capacities, skips what does not fit and goes on; if the single most valuable
/// item that fits is worth more than all of these, it starts again from that one.
///
/// The bound that it reports is the value of all items: it proves nothing more.
/// Complexity: O(n log n + resources n).   Source: Martello and Toth 1990, "Knapsack problems", chapter 2.
struct greedy {
  /// @param p  a valid problem.
  /// @return a feasible solution; optimal is claimed only if everything fits.
  /// @throws what validate throws.
  template <class Value>
  [[nodiscard]] solution operator()(const problem<Value>& p) const {
    validate(p);
    std::vector<std::uint32_t> classes(p.items(), 0);
    detail::for_each_item(p, [&](std::size_t item, std::size_t c) { classes[item] = static_cast<std::uint32_t>(c); });
    const std::vector<double> scaled = detail::scaled_weights(p);
    const auto weight = [&](std::size_t item) { return scaled.empty() ? 0.0 : scaled[classes[item]]; };
    std::vector<std::size_t> order(p.items());
    std::iota(order.begin(), order.end(), std::size_t{0});
    // a before b if v_a / w_a > v_b / w_b, without dividing by 0.
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      const double score_a =
          weight(a) == 0 ? std::numeric_limits<double>::infinity() : static_cast<double>(p.values[a]) / weight(a);
      const double score_b =
          weight(b) == 0 ? std::numeric_limits<double>::infinity() : static_cast<double>(p.values[b]) / weight(b);
      return score_a > score_b;
    });
    solution by_density = detail::answer(p, detail::keep_in_order(p, order, classes));

    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      const bool fits_a = std::isfinite(weight(a));
      const bool fits_b = std::isfinite(weight(b));
      return fits_a != fits_b ? fits_a : p.values[a] > p.values[b];
    });
    solution by_value = detail::answer(p, detail::keep_in_order(p, order, classes));
    solution best = by_value.value > by_density.value ? std::move(by_value) : std::move(by_density);

    compensated_sum all;
    for (const Value value : p.values) {
      all.add(static_cast<double>(value));
    }
    best.bound = (std::max)(all.result(), best.value);
    const bool everything = std::find(best.kept.begin(), best.kept.end(), 0) == best.kept.end();
    best.status = everything ? status::optimal : status::feasible;
    return best;
  }
};

}  // namespace espalier::inline v0::knapsack

#endif
