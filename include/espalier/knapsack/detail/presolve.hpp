// SPDX-License-Identifier: Apache-2.0
// The problem in the form that the search works on: few classes, sorted values in fixed point, rows that can bind.
#ifndef ESPALIER_KNAPSACK_DETAIL_PRESOLVE_HPP
#define ESPALIER_KNAPSACK_DETAIL_PRESOLVE_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include <espalier/knapsack/detail/answer.hpp>
#include <espalier/knapsack/detail/fixed_point.hpp>
#include <espalier/knapsack/problem.hpp>

namespace espalier::inline v0::knapsack::detail {

/// All items of one weight vector, the most valuable first.
///
/// The best k of them are the first k, so how many are kept is all there is to decide.
struct core_class {
  std::vector<std::int64_t> weights;  ///< in the rows that can bind, divided by their gcd
  std::vector<std::size_t> items;     ///< numbers in the problem; equal values in ascending order
  std::vector<std::int64_t> values;   ///< in fixed point, descending
  std::vector<int128> sums;           ///< sums[k]: of the first k values
};

/// What is left to decide.
struct core_problem {
  std::vector<core_class> classes;       ///< distinct weight vectors, none of them zero, no class empty
  std::vector<std::int64_t> capacities;  ///< of the rows that can bind, divided by the row's gcd
  std::vector<std::size_t> rows;         ///< their numbers in the problem
  std::vector<std::int64_t> divisors;    ///< the gcd of each row
  std::vector<std::size_t> free_items;   ///< items that weigh nothing where it matters; all kept
  fixed_point scale{0.0};
};

/// Rows whose capacity all items together exceed.
template <class Value>
[[nodiscard]] std::vector<std::size_t> binding_rows(const problem<Value>& p) {
  std::vector<std::int64_t> total(p.resources(), 0);
  for (const run& one : p.runs) {
    for (std::size_t r = 0; r < p.resources(); ++r) {
      total[r] += p.weights_of(one.item_class)[r] * static_cast<std::int64_t>(one.count);
    }
  }
  std::vector<std::size_t> rows;
  for (std::size_t r = 0; r < p.resources(); ++r) {
    if (total[r] > p.capacities[r]) {
      rows.push_back(r);
    }
  }
  return rows;
}

inline void sort_class(core_class& c) {
  std::vector<std::size_t> order(c.items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Items come in ascending order, so a stable sort puts the lowest index first among equal values.
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return c.values[a] > c.values[b]; });
  core_class sorted{c.weights, {}, {}, {0}};
  for (const std::size_t place : order) {
    sorted.items.push_back(c.items[place]);
    sorted.values.push_back(c.values[place]);
    sorted.sums.push_back(sorted.sums.back() + c.values[place]);
  }
  c = std::move(sorted);
}

/// Drops rows that cannot bind, divides each by its gcd, merges classes of equal weights, sorts each by value.
/// Complexity: O(n log n).
template <class Value>
[[nodiscard]] core_problem presolve(const problem<Value>& p) {
  core_problem core;
  core.rows = binding_rows(p);
  for (const std::size_t row : core.rows) {
    std::int64_t divisor = 0;
    for (const run& one : p.runs) {
      divisor = one.count == 0 ? divisor : std::gcd(divisor, p.weights_of(one.item_class)[row]);
    }
    core.divisors.push_back(divisor);
    core.capacities.push_back(p.capacities[row] / divisor);
  }
  const Value largest = p.values.empty() ? Value{0} : *std::max_element(p.values.begin(), p.values.end());
  core.scale = fixed_point(static_cast<double>(largest));

  std::map<std::vector<std::int64_t>, std::size_t> known;
  std::size_t item = 0;
  for (const run& one : p.runs) {
    std::vector<std::int64_t> weights;
    for (std::size_t i = 0; i < core.rows.size(); ++i) {
      weights.push_back(p.weights_of(one.item_class)[core.rows[i]] / core.divisors[i]);
    }
    const std::size_t end = item + static_cast<std::size_t>(one.count);
    if (std::all_of(weights.begin(), weights.end(), [](std::int64_t w) { return w == 0; })) {
      for (; item < end; ++item) {
        core.free_items.push_back(item);
      }
      continue;
    }
    const auto [place, added] = known.emplace(weights, core.classes.size());
    if (added) {
      core.classes.push_back({weights, {}, {}, {}});
    }
    core_class& c = core.classes[place->second];
    for (; item < end; ++item) {
      c.items.push_back(item);
      c.values.push_back(core.scale.round(static_cast<double>(p.values[item])));
    }
  }
  std::erase_if(core.classes, [](const core_class& c) { return c.items.empty(); });
  for (core_class& c : core.classes) {
    sort_class(c);
  }
  return core;
}

}  // namespace espalier::inline v0::knapsack::detail

#endif
