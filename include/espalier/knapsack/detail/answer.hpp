// SPDX-License-Identifier: Apache-2.0
// Turns a kept mask into a solution: value, counts and use summed again from the problem itself.
#ifndef ESPALIER_KNAPSACK_DETAIL_ANSWER_HPP
#define ESPALIER_KNAPSACK_DETAIL_ANSWER_HPP

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include <espalier/base/sum.hpp>
#include <espalier/knapsack/detail/scan.hpp>
#include <espalier/knapsack/problem.hpp>
#include <espalier/knapsack/solution.hpp>

namespace espalier::inline v0::knapsack::detail {

/// Calls action(item, class) for every item in order.
template <class Value, class Action>
void for_each_item(const problem<Value>& p, Action&& action) {
  std::size_t item = 0;
  for (const run& one : p.runs) {
    for (std::uint64_t i = 0; i < one.count; ++i) {
      action(item++, static_cast<std::size_t>(one.item_class));
    }
  }
}

/// How many items of each class are kept.
template <class Value>
[[nodiscard]] std::vector<std::uint64_t> count_kept(const problem<Value>& p, const std::vector<std::uint8_t>& kept) {
  std::vector<std::uint64_t> counts(p.classes(), 0);
  auto next = kept.begin();
  for (const run& one : p.runs) {
    const auto end = next + static_cast<std::ptrdiff_t>(one.count);
    if (!counts.empty()) {
      counts[one.item_class] = std::accumulate(next, end, counts[one.item_class]);
    }
    next = end;
  }
  return counts;
}

/// The solution that keeps the given items, of known value, as feasible; bound and multipliers are the caller's.
template <class Value>
[[nodiscard]] solution describe(const problem<Value>& p, std::vector<std::uint8_t> kept, double value) {
  solution result;
  result.counts = count_kept(p, kept);
  result.used.assign(p.resources(), 0);
  for (std::size_t c = 0; c < p.classes(); ++c) {
    for (std::size_t r = 0; r < p.resources(); ++r) {
      result.used[r] += p.weights_of(c)[r] * static_cast<std::int64_t>(result.counts[c]);
    }
  }
  result.kept = std::move(kept);
  result.value = value;
  result.status = status::feasible;
  return result;
}

/// The solution that keeps the given items, as feasible; bound and multipliers are the caller's.
template <class Value>
[[nodiscard]] solution answer(const problem<Value>& p, std::vector<std::uint8_t> kept) {
  compensated_sum value;
  for (std::size_t item = 0; item < kept.size(); ++item) {
    if (kept[item] != 0) {
      value.add(static_cast<double>(p.values[item]));
    }
  }
  return describe(p, std::move(kept), value.result());
}

/// A bound on what any items are worth together, at a glance.
template <class Value>
[[nodiscard]] double bound_of_all(const problem<Value>& p) {
  return largest_value(p.values) * static_cast<double>(p.items()) * (1 + 1e-12);
}

/// Whether the use of a solution stays within the capacities.
template <class Value>
[[nodiscard]] bool fits(const problem<Value>& p, const solution& s) {
  for (std::size_t r = 0; r < p.resources(); ++r) {
    if (s.used[r] > p.capacities[r]) {
      return false;
    }
  }
  return true;
}

}  // namespace espalier::inline v0::knapsack::detail

#endif
