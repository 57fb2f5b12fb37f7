// SPDX-License-Identifier: Apache-2.0
// The exact knapsack solver: the optimum with a proof, or the best found with a proven bound.
#ifndef ESPALIER_KNAPSACK_SOLVE_HPP
#define ESPALIER_KNAPSACK_SOLVE_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include <espalier/knapsack/detail/answer.hpp>
#include <espalier/knapsack/detail/dual.hpp>
#include <espalier/knapsack/detail/presolve.hpp>
#include <espalier/knapsack/detail/regret.hpp>
#include <espalier/knapsack/detail/rounding.hpp>
#include <espalier/knapsack/detail/search.hpp>
#include <espalier/knapsack/problem.hpp>
#include <espalier/knapsack/solution.hpp>
#include <espalier/knapsack/solve_options.hpp>
#include <espalier/knapsack/validate.hpp>

namespace espalier::inline v0::knapsack {

namespace detail {

/// The best choice known and what is proven of the others.
struct proof {
  choice best;
  int128 least_regret = 0;  ///< no choice has less regret; equal to best.cost if that is optimal
};

/// Narrow passes for a good choice first, then complete ones with a growing limit until nothing better can exist.
[[nodiscard]] inline proof minimize_regret(const regret& r, const solve_options& options) {
  proof result{rounding(r)(), 0};
  search states(r, options);
  for (const std::size_t width : {std::size_t{64}, std::size_t{1024}}) {
    if (result.best.cost > 0 && !states.exhausted()) {
      if (auto better = states.pass({result.best.cost - 1, width})) {
        result.best = std::move(*better);
      } else if (!states.cut_short()) {
        result.least_regret = result.best.cost;
        return result;
      }
    }
  }
  int128 limit = result.best.cost / 256;
  while (result.least_regret < result.best.cost && !states.exhausted()) {
    limit = (std::min)(limit, result.best.cost - 1);
    auto better = states.pass({limit, 0});
    if (better) {
      result.best = std::move(*better);
      result.least_regret = result.best.cost;
    } else if (!states.cut_short()) {
      result.least_regret = limit + 1;
    }
    limit = 4 * limit + 1;
  }
  return result;
}

template <class Value>
[[nodiscard]] solution assemble(const problem<Value>& p, const core_problem& core, const regret& r,
                                const proof& found) {
  std::vector<std::uint8_t> kept(p.items(), 0);
  for (const std::size_t item : core.free_items) {
    kept[item] = 1;
  }
  for (std::size_t c = 0; c < core.classes.size(); ++c) {
    const auto count = static_cast<std::size_t>(r.kept(c) + found.best.moves[c]);
    for (std::size_t k = 0; k < count; ++k) {
      kept[core.classes[c].items[k]] = 1;
    }
  }
  solution result = answer(p, std::move(kept));
  if (!fits(p, result)) {
    throw std::logic_error("espalier::knapsack::solve: the answer exceeds a capacity; please report this");
  }
  result.multipliers.assign(p.resources(), 0.0);
  for (std::size_t i = 0; i < core.rows.size(); ++i) {
    result.multipliers[core.rows[i]] = core.scale.to_double(r.prices()[i]) / static_cast<double>(core.divisors[i]);
  }
  if (found.least_regret >= found.best.cost) {
    result.status = status::optimal;
    result.bound = result.value;
  } else {
    const double gap = core.scale.to_double(found.best.cost - found.least_regret);
    result.bound = std::nextafter(result.value + gap * (1 + 1e-12), std::numeric_limits<double>::infinity());
  }
  return result;
}

}  // namespace detail

/// Solves a knapsack problem exactly: presolve, prices (dual), regret, search, check.
///
/// Optimal means: for the values rounded to multiples of the largest one times 2^-54. Among equal values of one class
/// the lowest index is kept. Same problem and options, same solution.
/// @param p        the problem; the values must stay alive during the call.
/// @param options  limits.
/// @return the kept items with status optimal; past a limit status feasible, with a bound that is proven. A problem
///         with valid input always has a feasible solution.
/// @throws shape_error or argument_error for invalid input, with the index at fault.
/// Complexity: O(n log n) and a search that is small where classes are few; exponential at worst, within the limits.
/// Source: Lagrangian duality, e.g. Kellerer, Pferschy and Pisinger 2004, "Knapsack problems", chapter 9.
template <class Value>
[[nodiscard]] solution solve(const problem<Value>& p, const solve_options& options = {}) {
  validate(p);
  const detail::core_problem core = detail::presolve(p);
  if (core.classes.empty()) {
    solution everything = detail::answer(p, std::vector<std::uint8_t>(p.items(), 1));
    everything.status = status::optimal;
    everything.bound = everything.value;
    everything.multipliers.assign(p.resources(), 0.0);
    return everything;
  }
  const detail::regret r(core, detail::solve_dual(core));
  return detail::assemble(p, core, r, detail::minimize_regret(r, options));
}

}  // namespace espalier::inline v0::knapsack

#endif
