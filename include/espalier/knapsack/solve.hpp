// SPDX-License-Identifier: Apache-2.0
// The exact knapsack solver: the optimum with a proof, or the best found with a proven bound.
#ifndef ESPALIER_KNAPSACK_SOLVE_HPP
#define ESPALIER_KNAPSACK_SOLVE_HPP

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/knapsack/detail/answer.hpp>
#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/dual.hpp>
#include <espalier/knapsack/detail/presolve.hpp>
#include <espalier/knapsack/detail/prices.hpp>
#include <espalier/knapsack/detail/proof.hpp>
#include <espalier/knapsack/detail/regret.hpp>
#include <espalier/knapsack/detail/rounding.hpp>
#include <espalier/knapsack/detail/sample.hpp>
#include <espalier/knapsack/detail/scan.hpp>
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
      : problem_(p), options_(options), budget_(options), core_(presolve(p)), scan_(p.values) {}

  [[nodiscard]] solution operator()() {
    for (const piece& part : core_.free_pieces) {
      scan_.keep(part);
    }
    if (core_.classes.empty()) {
      return everything();
    }
    scale_ = fixed_point(static_cast<double>(largest_value(problem_.values)));
    sampled_ranges guess = sampler<Value>(core_, problem_.values)();
    for (int round = 0;; ++round) {
      ++result_.statistics.scans;
      const windows w = scan_(core_, guess.ranges);
      result_.statistics.window_items = w.items.size();
      if (solve_windows(w, guess.prices)) {
        break;
      }
      widen(guess, w, round);
    }
    result_.statistics.work = budget_.work();
    return std::move(result_);
  }

 private:
  [[nodiscard]] solution everything() {
    result_ = describe(problem_, std::move(scan_.kept()), scan_.value().result());
    result_.status = status::optimal;
    result_.bound = result_.value;
    result_.multipliers.assign(problem_.resources(), 0.0);
    return std::move(result_);
  }

  /// False if the windows are too narrow.
  [[nodiscard]] bool solve_windows(const windows& w, const std::vector<double>& hint) {
    if (std::any_of(w.remaining.begin(), w.remaining.end(), [](std::int64_t left) { return left < 0; })) {
      return false;
    }
    const relaxation terms{w.items, w.begin, core_.weights, w.remaining, {}, {}};
    dual_solution dual = minimize_dual(terms, hint);
    result_.statistics.dual_steps += dual.steps;
    prices_ = dual.prices;
    for (std::size_t c = 0; c < w.classes(); ++c) {
      const double t = threshold(c);
      if ((w.above[c] > 0 && t > w.ranges[c].high) || (w.below[c] > 0 && t < w.ranges[c].low)) {
        return false;
      }
    }
    exact_prices prices = sharpen(core_, w, scale_, dual.prices);
    if (prices.factor > 1) {
      const auto solved = minimize(w, prices);
      if (solved != outcome::too_large) {
        return solved == outcome::solved;
      }
      prices = rounded_prices(dual.prices, scale_);
    }
    return minimize(w, prices) != outcome::left_window;
  }

  enum class outcome : std::uint8_t { solved, left_window, too_large };

  [[nodiscard]] outcome minimize(const windows& w, const exact_prices& prices) {
    regret r(core_, w, scale_, prices);
    const auto first = rounding(r)();
    if (!first) {
      return outcome::left_window;
    }
    const double dual = scan_.value().result() +
                        scale_.to_double(exact_dual(core_, w, scale_, prices)) / static_cast<double>(prices.factor);
    const auto good_enough = options_.relative_gap > 0 ? r.from_value(options_.relative_gap * dual) : 0;
    const proof found = prover(r, *first, good_enough, budget_)(result_.statistics);
    if (found.left_window) {
      return outcome::left_window;
    }
    if (found.best.cost >= endless && prices.factor > 1) {
      return outcome::too_large;
    }
    assemble(w, r, found, dual);
    return outcome::solved;
  }

  void assemble(const windows& w, const regret& r, const proof& found, double dual) {
    std::vector<std::uint8_t> kept = std::move(scan_.kept());
    compensated_sum value = scan_.value();
    for (std::size_t c = 0; c < w.classes(); ++c) {
      const auto count = static_cast<std::size_t>(r.line(c) + found.best.moves[c]);
      for (const window_item& item : w.of(c).first(count)) {
        kept[item.index] = 1;
        value.add(item.value);
      }
    }
    const statistics took = result_.statistics;
    result_ = describe(problem_, std::move(kept), value.result());
    result_.statistics = took;
    if (!fits(problem_, result_)) {
      throw std::logic_error("espalier::knapsack::solve: the answer exceeds a capacity; please report this");
    }
    result_.multipliers.assign(problem_.resources(), 0.0);
    for (std::size_t i = 0; i < core_.rows.size(); ++i) {
      result_.multipliers[core_.rows[i]] = r.price(i) / static_cast<double>(core_.divisors[i]);
    }
    if (found.least_regret >= found.best.cost && found.best.cost < endless) {
      result_.status = status::optimal;
      result_.bound = result_.value;
      return;
    }
    const double open = found.best.cost < endless ? result_.value * (1 + 1e-15) +
                                                        r.to_value(found.best.cost - found.least_regret) * (1 + 1e-12)
                                                  : dual * (1 + 1e-12);
    result_.bound = std::nextafter(open, std::numeric_limits<double>::infinity());
  }

  [[nodiscard]] double threshold(std::size_t c) const {
    double t = 0;
    for (std::size_t r = 0; r < prices_.size(); ++r) {
      t += prices_[r] * static_cast<double>(core_.weights_of(c)[r]);
    }
    return t;
  }

  /// Looks further around the prices that the last windows gave, at all items in the end.
  void widen(sampled_ranges& guess, const windows& w, int round) const {
    for (std::size_t c = 0; c < w.classes(); ++c) {
      value_range& range = guess.ranges[c];
      if (round >= 3 || prices_.empty() || !std::isfinite(range.high)) {
        range = {};
        continue;
      }
      const double t = threshold(c);
      const double reach = (std::max)({range.high - range.low, t - range.high, range.low - t});
      range.low = (std::max)(0.0, (std::min)(range.low, t) - reach);
      range.high = (std::max)(range.high, t) + reach;
    }
  }

  const problem<Value>& problem_;
  const solve_options& options_;
  budget budget_;
  core_problem core_;
  scanner<Value> scan_;
  fixed_point scale_{0.0};
  std::vector<double> prices_;
  solution result_;
};

}  // namespace detail

/// Solves a knapsack problem exactly: presolve, windows, prices (dual), regret, search, check.
///
/// Optimal means: for the values rounded to multiples of the largest one times 2^-54. Among equal values of one class
/// the lowest index is kept. Same problem and options, same solution.
/// @param p        the problem, at most 2^32 items; the values must stay alive during the call.
/// @param options  limits.
/// @return the kept items with status optimal; past a limit status feasible, with a bound that is proven. A problem
///         with valid input always has a feasible solution.
/// @throws shape_error or argument_error for invalid input, with the index at fault.
/// Complexity: O(n), sorting the few items near the line, and a search that is small where classes are few; exponential
///         at worst, within the limits. Memory: a byte an item, and 16 bytes for each item near the line.
/// Source: Lagrangian duality, e.g. Kellerer, Pferschy and Pisinger 2004, "Knapsack problems", chapter 9; meeting in
/// the
///         middle: Horowitz and Sahni 1974.
template <class Value>
[[nodiscard]] solution solve(const problem<Value>& p, const solve_options& options = {}) {
  validate(p);
  if (!(options.relative_gap >= 0)) {
    throw argument_error(
        error_message("knapsack::solve", "a relative gap of " + std::to_string(options.relative_gap), "a gap >= 0"));
  }
  if (p.items() > std::size_t{1} << 32U) {
    throw argument_error(error_message("knapsack::solve", std::to_string(p.items()) + " items", "at most 2^32"));
  }
  if (!options.measure_time) {
    return detail::solving<Value>(p, options)();
  }
  const auto begin = std::chrono::steady_clock::now();
  solution result = detail::solving<Value>(p, options)();
  result.statistics.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

}  // namespace espalier::inline v0::knapsack

#endif
