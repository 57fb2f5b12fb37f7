// SPDX-License-Identifier: Apache-2.0
// Knapsack with one resource by dynamic programming over capacities: exact, for small capacities.
#ifndef ESPALIER_KNAPSACK_DYNAMIC_PROGRAMMING_HPP
#define ESPALIER_KNAPSACK_DYNAMIC_PROGRAMMING_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/knapsack/detail/answer.hpp>
#include <espalier/knapsack/problem.hpp>
#include <espalier/knapsack/solution.hpp>
#include <espalier/knapsack/validate.hpp>

namespace espalier::inline v0::knapsack {

/// The best value for every capacity from 0 up, item by item (Bellman's recursion).
///
/// Memory: n bits for each unit of capacity. Values are added as doubles in the order of the items.
/// Complexity: O(n capacity).   Source: Martello and Toth 1990, "Knapsack problems", section 2.6.
struct dynamic_programming {
  std::size_t memory_limit = std::size_t{1} << 30U;  ///< bytes

  /// @param p  a valid problem with one resource.
  /// @return the optimum; of equally good choices one that leaves out later items.
  /// @throws argument_error if there is not exactly one resource or the memory limit is too small; what validate
  /// throws.
  template <class Value>
  [[nodiscard]] solution operator()(const problem<Value>& p) const {
    validate(p);
    if (p.resources() != 1) {
      reject<argument_error>("knapsack::dynamic_programming", {p.resources(), " resources"}, {"one"});
    }
    std::vector<std::int64_t> weights;
    weights.reserve(p.items());
    std::int64_t total = 0;
    detail::for_each_item(p, [&](std::size_t, std::size_t c) {
      weights.push_back(p.weights[c]);
      total += p.weights[c];
    });
    const auto capacity = static_cast<std::size_t>((std::min)(p.capacities.front(), total));
    expect_memory(p.items(), capacity);

    std::vector<double> best(capacity + 1, 0.0);
    std::vector<std::vector<bool>> taken(p.items());
    for (std::size_t item = 0; item < p.items(); ++item) {
      taken[item].assign(capacity + 1, false);
      const auto weight = static_cast<std::size_t>(weights[item]);
      for (std::size_t room = capacity + 1; room-- > weight;) {
        const double with = best[room - weight] + static_cast<double>(p.values[item]);
        if (with > best[room] || weight == 0) {
          best[room] = with;
          taken[item][room] = true;
        }
      }
    }
    std::vector<std::uint8_t> kept(p.items(), 0);
    std::size_t room = capacity;
    for (std::size_t item = p.items(); item-- > 0;) {
      if (taken[item][room]) {
        kept[item] = 1;
        room -= static_cast<std::size_t>(weights[item]);
      }
    }
    solution result = detail::answer(p, std::move(kept));
    result.bound = result.value;
    result.status = status::optimal;
    return result;
  }

 private:
  void expect_memory(std::size_t items, std::size_t capacity) const {
    if (items > 0 && capacity / 8 > memory_limit / items) {
      reject<argument_error>("knapsack::dynamic_programming", {items, " items and a capacity of ", capacity},
                             {"items x capacity / 8 within the memory limit of ", memory_limit, " bytes; use solve"});
    }
  }
};

}  // namespace espalier::inline v0::knapsack

#endif
