// SPDX-License-Identifier: Apache-2.0
// What a multiple-choice knapsack is asked: groups that take one of several options, and the capacities.
#ifndef ESPALIER_KNAPSACK_CHOICE_PROBLEM_HPP
#define ESPALIER_KNAPSACK_CHOICE_PROBLEM_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/knapsack/problem.hpp>

namespace espalier::inline v0::knapsack {

/// Maximize the sum of the values of the chosen options, one for each group, subject to the sum of their weights <=
/// capacity in every resource.
///
/// Such as: keep a group of weights, share it, give it fewer bits, prune it. The groups of a class have the same
/// options with the same weights; the values are their own. Each class has a lightest option, such as pruning, that
/// weighs no more than any other in any resource.
/// @tparam Value  float or double.
template <class Value>
struct choice_problem {
  std::span<const Value> values;      ///< the options of the first group, of the second, ...; finite, >= 0; not owned
  std::vector<run> runs;              ///< classes of the groups; the counts sum to the number of groups
  std::vector<std::size_t> options;   ///< how many options each class has, 1 or more
  std::vector<std::int64_t> weights;  ///< options of all classes x resources, row-major, >= 0
  std::vector<std::int64_t> capacities;  ///< one per resource, >= 0

  /// @return the number of resources.
  [[nodiscard]] std::size_t resources() const noexcept { return capacities.size(); }
  /// @return the number of groups.
  [[nodiscard]] std::size_t groups() const noexcept {
    std::size_t sum = 0;
    for (const run& one : runs) {
      sum += static_cast<std::size_t>(one.count);
    }
    return sum;
  }
};

}  // namespace espalier::inline v0::knapsack

#endif
