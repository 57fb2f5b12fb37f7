// SPDX-License-Identifier: Apache-2.0
// The exact knapsack solver: the optimum with a proof, or the best found with a proven bound.
#ifndef ESPALIER_KNAPSACK_SOLVE_HPP
#define ESPALIER_KNAPSACK_SOLVE_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <espalier/base/compiled_once.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/knapsack/detail/answer.hpp>
#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/fixing.hpp>
#include <espalier/knapsack/detail/solving.hpp>
#include <espalier/knapsack/detail/steady_seconds.hpp>
#include <espalier/knapsack/problem.hpp>
#include <espalier/knapsack/solution.hpp>
#include <espalier/knapsack/solve_options.hpp>
#include <espalier/knapsack/validate.hpp>

namespace espalier::inline v0::knapsack {

namespace detail {

/// The answer to a stop before there is a choice: nothing is kept, and the bound is one that all values have.
template <class Value>
[[nodiscard]] solution keep_nothing(const problem<Value>& p) {
  solution result = describe(p, std::vector<std::uint8_t>(p.items(), 0), 0);
  result.bound = bound_of_all(p);
  result.multipliers.assign(p.resources(), 0.0);
  return result;
}

/// The way from a problem to its solution, within the limits.
template <class Value>
[[nodiscard]] solution solve_or_stop(const problem<Value>& p, const solve_options& options) {
  try {
    budget limits(options);
    return has_small_classes(p) ? fixing<Value>(p, options, limits)() : solving<Value>(p, options, limits)();
  } catch (const interrupted&) {
    return keep_nothing(p);
  }
}

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE solution solve_or_stop<float>(const problem<float>& p, const solve_options& options);
ESPALIER_COMPILED_ONCE solution solve_or_stop<double>(const problem<double>& p, const solve_options& options);
#endif

template <class Value>
void validate_all(const problem<Value>& p, const solve_options& options) {
  validate_options(options);
  validate(p);
  if (p.items() > std::size_t{1} << 32U) {
    refuse({p.items(), " items"}, {"at most 2^32"});
  }
}

}  // namespace detail

/// Solves a knapsack problem exactly: presolve, windows, prices (dual), regret, search, check; where classes are of few
/// items each, prices decide most items first, and the others are the problem.
///
/// Optimal means: for the values rounded to multiples of the largest one times 2^-54. Among equal values of one class
/// the lowest index is kept. Same problem and options, same solution.
/// @param p        the problem, at most 2^32 items; the values must stay alive during the call.
/// @param options  limits.
/// @return the kept items with status optimal; past a limit, or told to stop, status feasible, with a bound that is
///         proven (told to stop before there is anything, nothing is kept, and the bound is that of all values). A
///         problem with valid input always has a feasible solution.
/// @throws shape_error or argument_error for invalid input, with the index at fault.
/// Complexity: O(n), sorting the few items near the line, and a search that is small where classes are few; exponential
///         at worst, within the limits. Memory: a byte an item, and 16 bytes for each item near the line.
/// Source: Lagrangian duality, e.g. Kellerer, Pferschy and Pisinger 2004, "Knapsack problems", chapter 9; meeting in
/// the middle: Horowitz and Sahni 1974.
template <class Value>
[[nodiscard]] solution solve(const problem<Value>& p, const solve_options& options = {}) {
  detail::validate_all(p, options);
  if (!options.measure_time) {
    return detail::solve_or_stop(p, options);
  }
  const double begin = detail::steady_seconds();
  solution result = detail::solve_or_stop(p, options);
  result.statistics.seconds = detail::steady_seconds() - begin;
  return result;
}

}  // namespace espalier::inline v0::knapsack

#endif
