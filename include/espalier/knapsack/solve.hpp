// SPDX-License-Identifier: Apache-2.0
// The exact knapsack solver: the optimum with a proof, or the best found with a proven bound.
#ifndef ESPALIER_KNAPSACK_SOLVE_HPP
#define ESPALIER_KNAPSACK_SOLVE_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/sum.hpp>
#include <espalier/knapsack/detail/answer.hpp>
#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/presolve.hpp>
#include <espalier/knapsack/detail/sample.hpp>
#include <espalier/knapsack/detail/scan.hpp>
#include <espalier/knapsack/detail/steady_seconds.hpp>
#include <espalier/knapsack/detail/window_solver.hpp>
#include <espalier/knapsack/problem.hpp>
#include <espalier/knapsack/solution.hpp>
#include <espalier/knapsack/solve_options.hpp>
#include <espalier/knapsack/validate.hpp>

namespace espalier::inline v0::knapsack {

namespace detail {

/// The way from a problem to its solution; each step is a header of its own.
template <class Value>
class solving {
 public:
  solving(const problem<Value>& p, const solve_options& options)
      : problem_(p),
        budget_(options),
        core_(presolve(p, p.capacities, budget_)),
        scan_(p.values),
        solver_(core_, fixed_point(largest_value(p.values)), options.relative_gap, budget_) {}

  [[nodiscard]] solution operator()() {
    for (const piece& part : core_.free_pieces) {
      scan_.keep(part);
    }
    if (core_.classes.empty()) {
      solution everything = describe(problem_, std::move(scan_.kept()), scan_.value().result());
      everything.status = status::optimal;
      everything.bound = everything.value;
      everything.multipliers.assign(problem_.resources(), 0.0);
      return everything;
    }
    return search_windows();
  }

 private:
  [[nodiscard]] solution search_windows() {
    sampled_ranges guess = sampler<Value>(core_, problem_.values, budget_)();
    for (int round = 0;; ++round) {
      const windows w = scan_(core_, guess.ranges, budget_);
      if (const auto choice = solver_(w, scan_.value().result(), guess.prices)) {
        solution result = assemble(w, *choice);
        result.statistics.scans = static_cast<std::uint64_t>(round) + 1;
        return result;
      }
      widen(guess, w, round);
    }
  }

  [[nodiscard]] solution assemble(const windows& w, const window_choice& choice) {
    std::vector<std::uint8_t> kept = std::move(scan_.kept());
    for (std::size_t c = 0; c < w.classes(); ++c) {
      for (const window_item& item : w.of(c).first(choice.kept[c])) {
        kept[item.index] = 1;
      }
    }
    solution result = describe(problem_, std::move(kept), choice.value);
    if (!fits(problem_, result)) {
      throw std::logic_error("espalier::knapsack::solve: the answer exceeds a capacity; please report this");
    }
    result.multipliers = multipliers_of(core_, choice.prices, problem_.resources());
    result.bound = choice.bound;
    result.status = choice.optimal ? status::optimal : status::feasible;
    result.statistics = solver_.took();
    result.statistics.window_items = w.items.size();
    return result;
  }

  static constexpr int patience = 3;  // rounds in which windows grow; then they become as large as can be

  /// Looks further around the prices that the last windows gave, at all items in the end.
  void widen(sampled_ranges& guess, const windows& w, int round) const {
    const bool all = solver_.narrow().empty() || round >= 2 * patience;
    for (const std::size_t c : solver_.narrow()) {
      widen(guess.ranges[c], c, round);
    }
    for (std::size_t c = 0; c < w.classes() && all; ++c) {
      widen(guess.ranges[c], c, round);
    }
  }
  void widen(value_range& range, std::size_t c, int round) const {
    if (round >= patience || solver_.prices().empty() || !std::isfinite(range.high)) {
      range = {};
      return;
    }
    const double t = solver_.threshold(c);
    const double reach = (std::max)({range.high - range.low, t - range.high, range.low - t});
    range = {(std::max)(0.0, (std::min)(range.low, t) - reach), (std::max)(range.high, t) + reach};
  }

  const problem<Value>& problem_;
  budget budget_;
  core_problem core_;
  scanner<Value> scan_;
  window_solver<Value> solver_;
};

/// The answer to a stop before there is a choice: nothing is kept, and the bound is one that all values have.
template <class Value>
[[nodiscard]] solution keep_nothing(const problem<Value>& p) {
  solution result = describe(p, std::vector<std::uint8_t>(p.items(), 0), 0);
  result.bound = bound_of_all(p);
  result.multipliers.assign(p.resources(), 0.0);
  return result;
}

/// The limited way from a problem to its solution.
template <class Value>
[[nodiscard]] solution solve_or_stop(const problem<Value>& p, const solve_options& options) {
  try {
    return solving<Value>(p, options)();
  } catch (const interrupted&) {
    return keep_nothing(p);
  }
}

template <class Value>
void validate_all(const problem<Value>& p, const solve_options& options) {
  validate_options(options);
  validate(p);
  if (p.items() > std::size_t{1} << 32U) {
    refuse(std::to_string(p.items()) + " items", "at most 2^32");
  }
}

}  // namespace detail

/// Solves a knapsack problem exactly: presolve, windows, prices (dual), regret, search, check.
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
/// the
///         middle: Horowitz and Sahni 1974.
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
