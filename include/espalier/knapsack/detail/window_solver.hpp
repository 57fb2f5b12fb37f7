// SPDX-License-Identifier: Apache-2.0
// From windows to the choice in them: prices, regret, search.
#ifndef ESPALIER_KNAPSACK_DETAIL_WINDOW_SOLVER_HPP
#define ESPALIER_KNAPSACK_DETAIL_WINDOW_SOLVER_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include <espalier/base/sum.hpp>
#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/dual.hpp>
#include <espalier/knapsack/detail/fixed_point.hpp>
#include <espalier/knapsack/detail/presolve.hpp>
#include <espalier/knapsack/detail/prices.hpp>
#include <espalier/knapsack/detail/proof.hpp>
#include <espalier/knapsack/detail/regret.hpp>
#include <espalier/knapsack/detail/rounding.hpp>
#include <espalier/knapsack/detail/window.hpp>
#include <espalier/knapsack/solution.hpp>

namespace espalier::inline v0::knapsack::detail {

/// What is decided in the windows.
struct window_choice {
  std::vector<std::size_t> kept;  ///< per class, how many of its window, the best first
  std::vector<double> prices;     ///< per row
  double value = 0;               ///< of all kept items
  double bound = 0;               ///< no choice is worth more
  bool optimal = false;
};

/// Solves what a core problem leaves undecided in its windows.
/// @tparam Value  the problem's scalar.
template <class Value>
class window_solver {
 public:
  /// @param scale  of all values of the problem.
  window_solver(const core_problem& core, const fixed_point& scale, double relative_gap, budget& b)
      : core_(core), scale_(scale), relative_gap_(relative_gap), budget_(b) {}

  /// @param above  the value of all items that are kept already.
  /// @param hint   prices near the best; empty if nothing is known.
  /// @throws interrupted if told to stop before there is a choice.
  /// @return nothing if the windows are too narrow; then prices() says where to look, unless that is empty.
  [[nodiscard]] std::optional<window_choice> operator()(const windows& w, double above,
                                                        const std::vector<double>& hint) {
    above_ = above;
    if (std::any_of(w.remaining.begin(), w.remaining.end(), [](std::int64_t left) { return left < 0; })) {
      return std::nullopt;
    }
    const dual_solution dual = minimize_dual({w.items, w.begin, core_.weights, w.remaining, {}, {}}, hint, budget_);
    took_.dual_steps += dual.steps;
    prices_ = dual.prices;
    for (std::size_t c = 0; c < w.classes(); ++c) {
      const double t = threshold(c);
      if ((w.above[c] > 0 && t > w.ranges[c].high) || (w.below[c] > 0 && t < w.ranges[c].low)) {
        return std::nullopt;
      }
    }
    const exact_prices prices = sharpen(core_, w, scale_, dual.prices, budget_);
    bool too_large = false;
    auto result = minimize(w, prices, too_large);
    if (too_large) {  // numbers without the factor are smaller
      result = minimize(w, rounded_prices(dual.prices, scale_), too_large);
    }
    return result;
  }

  /// The best prices for the last windows.
  [[nodiscard]] const std::vector<double>& prices() const noexcept { return prices_; }
  /// What an item of a class costs at these prices.
  [[nodiscard]] double threshold(std::size_t c) const {
    double t = 0;
    for (std::size_t r = 0; r < prices_.size(); ++r) {
      t += prices_[r] * static_cast<double>(core_.weights_of(c)[r]);
    }
    return t;
  }
  /// What all calls so far took.
  [[nodiscard]] statistics took() const {
    statistics result = took_;
    result.work = budget_.work();
    return result;
  }

 private:
  /// Nothing if the windows are too narrow, or too_large: the prices' factor makes numbers in which nobody can say how
  /// good a choice is.
  [[nodiscard]] std::optional<window_choice> minimize(const windows& w, const exact_prices& prices, bool& too_large) {
    regret r(core_, w, scale_, prices, budget_);
    const auto first = rounding(r, budget_)();
    if (!first) {
      return std::nullopt;
    }
    too_large = first->cost >= endless && prices.factor > 1;
    if (too_large) {
      return std::nullopt;
    }
    const double dual =
        above_ + scale_.to_double(exact_dual(core_, w, scale_, prices, budget_)) / static_cast<double>(prices.factor);
    const auto good_enough = relative_gap_ > 0 ? r.from_value(relative_gap_ * dual) : 0;
    const proof found = prover(r, *first, good_enough, budget_)(took_);
    return found.left_window ? std::nullopt : std::optional(describe_choice(w, r, found, dual));
  }

  [[nodiscard]] window_choice describe_choice(const windows& w, const regret& r, const proof& found,
                                              double dual) const {
    window_choice result;
    compensated_sum value;
    value.add(above_);
    for (std::size_t c = 0; c < w.classes(); ++c) {
      result.kept.push_back(static_cast<std::size_t>(r.line(c) + found.best.moves[c]));
      for (const window_item& item : w.of(c).first(result.kept.back())) {
        value.add(item.value);
      }
    }
    for (std::size_t i = 0; i < core_.rows.size(); ++i) {
      result.prices.push_back(r.price(i));
    }
    result.value = value.result();
    result.optimal = found.best.cost < endless && found.least_regret >= found.best.cost;
    const double gap = found.best.cost < endless ? r.to_value(found.best.cost - found.least_regret) : 0;
    const double open = found.best.cost < endless ? result.value * (1 + 1e-15) + gap * (1 + 1e-12) : dual * (1 + 1e-12);
    result.bound = result.optimal ? result.value : std::nextafter(open, std::numeric_limits<double>::infinity());
    return result;
  }

  const core_problem& core_;
  fixed_point scale_;
  double relative_gap_;
  budget& budget_;
  statistics took_;
  std::vector<double> prices_;
  double above_ = 0;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
