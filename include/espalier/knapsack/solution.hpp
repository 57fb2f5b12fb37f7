// SPDX-License-Identifier: Apache-2.0
// What a knapsack answers: the kept items, their value, a proven upper bound, and what the answer is worth.
#ifndef ESPALIER_KNAPSACK_SOLUTION_HPP
#define ESPALIER_KNAPSACK_SOLUTION_HPP

#include <cstdint>
#include <string_view>
#include <vector>

namespace espalier::inline v0::knapsack {

/// What an answer is worth.
enum class status : std::uint8_t {
  optimal,    ///< no feasible choice has a larger value
  feasible,   ///< the capacities hold; the bound says how much larger the optimum can be
  infeasible  ///< no choice satisfies the capacities
};

/// @param s  a status.
/// @return its name.
[[nodiscard]] constexpr std::string_view to_string(status s) noexcept {
  switch (s) {
    case status::optimal:
      return "optimal";
    case status::feasible:
      return "feasible";
    case status::infeasible:
      break;
  }
  return "infeasible";
}

/// What an exact answer took.
struct statistics {
  std::uint64_t scans = 0;         ///< passes over the values
  std::uint64_t window_items = 0;  ///< items that the last pass left undecided
  std::uint64_t dual_steps = 0;    ///< break solutions tried to find the prices
  std::uint64_t searches = 0;      ///< passes of the search
  std::uint64_t states = 0;        ///< the most partial choices held at once
  std::uint64_t work = 0;          ///< partial choices tried; counts against the work limit
  double seconds = 0;              ///< if asked for, else 0
};

/// The answer of a solver.
struct solution {
  std::vector<std::uint8_t> kept;     ///< n entries, 1 for a kept item, else 0
  std::vector<std::uint64_t> counts;  ///< how many items of each class are kept
  std::vector<std::int64_t> used;     ///< the sum of the weights of the kept items, per resource
  double value = 0;                   ///< the sum of the values of the kept items
  double bound = 0;                   ///< a proven upper bound on the value of every feasible choice
  std::vector<double>
      multipliers;  ///< the price of a unit of each resource behind the bound; empty if the solver has none
  knapsack::status status = knapsack::status::infeasible;
  knapsack::statistics statistics;  ///< what it took; zeros if the solver does not say

  /// @return how far the value can be from the optimum, relative to the bound; 0 if it is proven optimal.
  [[nodiscard]] double gap() const noexcept {
    return status == knapsack::status::optimal || bound <= 0 ? 0 : (bound - value) / bound;
  }
};

}  // namespace espalier::inline v0::knapsack

#endif
