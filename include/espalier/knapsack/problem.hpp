// SPDX-License-Identifier: Apache-2.0
// What a knapsack is asked: items with values, in classes that share one weight per resource, and the capacities.
#ifndef ESPALIER_KNAPSACK_PROBLEM_HPP
#define ESPALIER_KNAPSACK_PROBLEM_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace espalier::inline v0::knapsack {

/// Consecutive items of one class.
struct run {
  std::uint32_t item_class = 0;  ///< index of the class
  std::uint64_t count = 0;       ///< how many items, 0 or more

  friend bool operator==(const run&, const run&) = default;
};

/// Maximize the sum of the values of the kept items, subject to the sum of their weights <= capacity in every
/// resource.
///
/// Items are numbered in the order of `values`; `runs` says, in the same order, which class they belong to. Several
/// runs may name the same class, and a class may have no item.
/// @tparam Value  float or double.
template <class Value>
struct problem {
  std::span<const Value> values;         ///< n values, finite and >= 0; not owned
  std::vector<run> runs;                 ///< classes of the items; the counts sum to n
  std::vector<std::int64_t> weights;     ///< classes x resources, row-major, >= 0
  std::vector<std::int64_t> capacities;  ///< one per resource, >= 0

  /// @return the number of items.
  [[nodiscard]] std::size_t items() const noexcept { return values.size(); }
  /// @return the number of resources.
  [[nodiscard]] std::size_t resources() const noexcept { return capacities.size(); }
  /// @return the number of classes; 0 if there are no resources.
  [[nodiscard]] std::size_t classes() const noexcept {
    return capacities.empty() ? 0 : weights.size() / capacities.size();
  }
  /// @param item_class  index of a class.
  /// @return its weight in every resource.
  [[nodiscard]] std::span<const std::int64_t> weights_of(std::size_t item_class) const noexcept {
    return {weights.data() + item_class * resources(), resources()};
  }
};

}  // namespace espalier::inline v0::knapsack

#endif
