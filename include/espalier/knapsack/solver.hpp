// SPDX-License-Identifier: Apache-2.0
// The concept that all knapsack solvers model, and the exact one as such a model.
#ifndef ESPALIER_KNAPSACK_SOLVER_HPP
#define ESPALIER_KNAPSACK_SOLVER_HPP

#include <concepts>

#include <espalier/knapsack/dynamic_programming.hpp>
#include <espalier/knapsack/greedy.hpp>
#include <espalier/knapsack/problem.hpp>
#include <espalier/knapsack/solution.hpp>
#include <espalier/knapsack/solve.hpp>

namespace espalier::inline v0::knapsack {

/// Called with a problem, gives a solution that satisfies the capacities.
/// @tparam Value  the problem's scalar, float or double.
template <class Solver, class Value = double>
concept solver = requires(const Solver& s, const problem<Value>& p) {
  { s(p) } -> std::same_as<solution>;
};

/// `solve` as a solver with its limits.
struct exact {
  solve_options options;

  template <class Value>
  [[nodiscard]] solution operator()(const problem<Value>& p) const {
    return solve(p, options);
  }
};

static_assert(solver<exact>);
static_assert(solver<greedy>);
static_assert(solver<dynamic_programming>);

}  // namespace espalier::inline v0::knapsack

#endif
