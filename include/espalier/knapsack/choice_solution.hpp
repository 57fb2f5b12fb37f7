// SPDX-License-Identifier: Apache-2.0
// What a multiple-choice knapsack answers: an option for each group, their value, and a proven upper bound.
#ifndef ESPALIER_KNAPSACK_CHOICE_SOLUTION_HPP
#define ESPALIER_KNAPSACK_CHOICE_SOLUTION_HPP

#include <cstdint>
#include <vector>

#include <espalier/knapsack/solution.hpp>

namespace espalier::inline v0::knapsack {

/// The answer to a choice_problem.
struct choice_solution {
  std::vector<std::uint32_t> chosen;  ///< per group, the number of its option, from 0
  std::vector<std::int64_t> used;     ///< the sum of the weights of the chosen options, per resource
  double value = 0;                   ///< the sum of the values of the chosen options
  double bound = 0;                   ///< a proven upper bound on the value of every feasible choice
  std::vector<double> multipliers;    ///< the price of a unit of each resource behind the bound
  knapsack::status status = knapsack::status::infeasible;  ///< infeasible: the lightest options alone, which are chosen
                                                           ///< then, exceed a capacity
  knapsack::statistics statistics;                         ///< what it took

  /// @return how far the value can be from the optimum, relative to the bound; 0 if it is proven optimal.
  [[nodiscard]] double gap() const noexcept {
    return status != knapsack::status::feasible || bound <= 0 ? 0 : (bound - value) / bound;
  }
};

}  // namespace espalier::inline v0::knapsack

#endif
