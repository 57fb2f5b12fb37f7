// SPDX-License-Identifier: Apache-2.0
// Checks a solution against its problem, and what its multipliers alone prove, without trusting any solver.
#ifndef ESPALIER_KNAPSACK_VERIFY_HPP
#define ESPALIER_KNAPSACK_VERIFY_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <espalier/base/sum.hpp>
#include <espalier/knapsack/detail/answer.hpp>
#include <espalier/knapsack/problem.hpp>
#include <espalier/knapsack/solution.hpp>
#include <espalier/knapsack/validate.hpp>

namespace espalier::inline v0::knapsack {

/// What is true of a solution.
struct verification {
  std::string fault;  ///< the first claim of the solution that does not hold; empty if all do
  double value = 0;   ///< the sum of the values of the kept items
  double bound = 0;   ///< no feasible choice is worth more: the Lagrangian bound of the multipliers, rounded up

  /// @return whether every claim holds.
  [[nodiscard]] bool valid() const noexcept { return fault.empty(); }
  /// @return how far the value can be from the optimum by this bound alone, relative to it.
  [[nodiscard]] double gap() const noexcept { return bound <= 0 ? 0 : (std::max)(0.0, (bound - value) / bound); }
};

namespace detail {

/// L(lambda) = lambda C + sum over items of max(0, v - lambda w), with all rounding errors on the upper side.
template <class Value>
[[nodiscard]] double lagrangian_bound(const problem<Value>& p, const std::vector<double>& multipliers) {
  const auto cost = [&](const std::int64_t* weights) {
    double sum = 0;
    for (std::size_t r = 0; r < multipliers.size(); ++r) {
      sum += multipliers[r] * static_cast<double>(weights[r]);
    }
    return sum;
  };
  std::vector<double> thresholds(p.classes(), 0.0);
  for (std::size_t c = 0; c < p.classes() && !multipliers.empty(); ++c) {
    thresholds[c] = cost(p.weights_of(c).data());
  }
  compensated_sum sum;
  sum.add(multipliers.empty() ? 0.0 : cost(p.capacities.data()));
  double magnitude = sum.result();
  for_each_item(p, [&](std::size_t item, std::size_t c) {
    const double threshold = thresholds.empty() ? 0.0 : thresholds[c];
    const auto value = static_cast<double>(p.values[item]);
    if (value > threshold) {
      sum.add(value - threshold);
      magnitude += value;
    }
  });
  const double epsilon = std::numeric_limits<double>::epsilon();
  return sum.result() + epsilon * static_cast<double>(p.resources() + 2) * magnitude;
}

/// What a solution says of its items, against what they are; empty if it is true.
template <class Value>
[[nodiscard]] std::string find_fault(const problem<Value>& p, const solution& s, const verification& found) {
  if (std::any_of(s.kept.begin(), s.kept.end(), [](std::uint8_t k) { return k > 1; })) {
    return "kept has entries other than 0 and 1";
  }
  const solution again = describe(p, s.kept, found.value);
  if (s.counts != again.counts) {
    return "counts are not those of the kept items";
  }
  if (s.used != again.used) {
    return "used is not what the kept items weigh";
  }
  for (std::size_t r = 0; r < p.resources(); ++r) {
    if (again.used[r] > p.capacities[r]) {
      return "resource " + std::to_string(r) + " uses " + std::to_string(again.used[r]) + " of " +
             std::to_string(p.capacities[r]);
    }
  }
  const double tolerance = 1e-13 * found.value;
  if (!(std::abs(s.value - found.value) <= tolerance)) {
    return "value is not the sum of the kept values";
  }
  if (!(s.bound >= s.value)) {
    return "bound is below value";
  }
  if (s.status == status::optimal && s.bound > s.value + tolerance) {
    return "status is optimal, but bound is above value";
  }
  if (found.bound < found.value - tolerance) {
    return "value is above what the multipliers prove to be possible";
  }
  return {};
}

}  // namespace detail

/// Checks that a solution is feasible and is what it says, and computes the bound that its multipliers prove.
///
/// A proven optimum may lie below that bound: the rest of the proof is a search. How far it can be is the gap.
/// @param p  a valid problem.
/// @param s  a solution of it by any solver; without multipliers the bound is the value of all items.
/// @return the first fault, the value and the bound.
/// @throws what validate throws for the problem; a wrong solution is no exception but a fault.
/// Complexity: O(n).
template <class Value>
[[nodiscard]] verification verify(const problem<Value>& p, const solution& s) {
  validate(p);
  verification result;
  if (s.kept.size() != p.items()) {
    result.fault = "kept has " + std::to_string(s.kept.size()) + " entries for " + std::to_string(p.items()) + " items";
    return result;
  }
  if (!s.multipliers.empty() && s.multipliers.size() != p.resources()) {
    result.fault = "there are " + std::to_string(s.multipliers.size()) + " multipliers for " +
                   std::to_string(p.resources()) + " resources";
    return result;
  }
  for (const double multiplier : s.multipliers) {
    if (!(multiplier >= 0 && std::isfinite(multiplier))) {
      result.fault = "a multiplier is negative or not finite";
      return result;
    }
  }
  result.value = detail::answer(p, s.kept).value;
  result.bound = detail::lagrangian_bound(p, s.multipliers);
  result.fault = detail::find_fault(p, s, result);
  return result;
}

}  // namespace espalier::inline v0::knapsack

#endif
