// SPDX-License-Identifier: Apache-2.0
// From a problem to its solution: each step is a header of its own.
#ifndef ESPALIER_KNAPSACK_DETAIL_SOLVING_HPP
#define ESPALIER_KNAPSACK_DETAIL_SOLVING_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

#include <espalier/base/sum.hpp>
#include <espalier/knapsack/detail/answer.hpp>
#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/presolve.hpp>
#include <espalier/knapsack/detail/sample.hpp>
#include <espalier/knapsack/detail/scan.hpp>
#include <espalier/knapsack/detail/window_solver.hpp>
#include <espalier/knapsack/problem.hpp>
#include <espalier/knapsack/solution.hpp>
#include <espalier/knapsack/solve_options.hpp>

namespace espalier::inline v0::knapsack::detail {

/// Presolve, windows, prices, regret, search: for problems whose classes have many items each, or that are small.
template <class Value>
class solving {
 public:
  /// @param b  what stops the search, and counts what it spends.
  solving(const problem<Value>& p, const solve_options& options, budget& b)
      : problem_(p),
        budget_(b),
        core_(presolve(p, p.capacities, budget_)),
        scan_(p.values),
        solver_(core_, fixed_point(largest_value(p.values)), options.relative_gap, budget_) {}

  /// @throws interrupted if told to stop before there is a choice.
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
  budget& budget_;
  core_problem core_;
  scanner<Value> scan_;
  window_solver<Value> solver_;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
