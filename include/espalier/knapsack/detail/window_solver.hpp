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
#include <espalier/base/view_of.hpp>
#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/dual.hpp>
#include <espalier/knapsack/detail/fixed_point.hpp>
#include <espalier/knapsack/detail/master_problem.hpp>
#include <espalier/knapsack/detail/presolve.hpp>
#include <espalier/knapsack/detail/prices.hpp>
#include <espalier/knapsack/detail/proof.hpp>
#include <espalier/knapsack/detail/regret.hpp>
#include <espalier/knapsack/detail/relaxation.hpp>
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
    narrow_.clear();
    if (std::any_of(w.remaining.begin(), w.remaining.end(), [](std::int64_t left) { return left < 0; })) {
      return std::nullopt;
    }
    const dual_solution dual = minimize_dual(
        {view_of(w.items), view_of(w.begin), view_of(core_.weights), view_of(w.remaining), {}, {}}, hint, budget_);
    took_.dual_steps += dual.steps;
    prices_ = dual.prices;
    bool too_large = false;
    auto result = minimize(w, sharpen(core_, w, scale_, dual.prices, budget_), dual.mixture, too_large);
    if (too_large) {  // numbers without the factor are smaller
      result = minimize(w, {rounded_prices(dual.prices, scale_), 0}, dual.mixture, too_large);
    }
    return result;
  }

  /// Classes whose windows are too narrow for a proof, the others being wide enough; empty if all are to be widened.
  [[nodiscard]] const std::vector<std::size_t>& narrow() const noexcept { return narrow_; }
  /// The best prices for the last windows.
  [[nodiscard]] const std::vector<double>& prices() const noexcept { return prices_; }
  /// What an item of a class costs at these prices.
  [[nodiscard]] double threshold(std::size_t c) const { return cost_of(prices_, core_.weights_of(c)); }
  /// What all calls so far took.
  [[nodiscard]] statistics took() const {
    statistics result = took_;
    result.work = budget_.work();
    return result;
  }

 private:
  /// Nothing if the windows are too narrow, or too_large: the prices' factor makes numbers in which nobody can say how
  /// good a choice is.
  [[nodiscard]] std::optional<window_choice> minimize(const windows& w, const sharp_prices& at,
                                                      const std::vector<price_share>& mixture, bool& too_large) {
    narrow_ = left_windows(w, at);
    if (!narrow_.empty()) {
      return std::nullopt;
    }
    const exact_prices& prices = at.prices;
    const fixed_point scale = scale_.coarser(at.unused);
    regret<> r(core_, w, scale, prices, budget_);
    const auto first = round(w, r, mixture);
    if (!first) {
      return std::nullopt;
    }
    too_large = first->cost >= endless && prices.factor > 1;
    if (too_large) {
      return std::nullopt;
    }
    const double dual =
        above_ + scale.to_double(exact_dual(core_, w, scale, prices, budget_)) / static_cast<double>(prices.factor);
    const auto good_enough = relative_gap_ > 0 ? r.from_value(relative_gap_ * dual) : 0;
    const proof found = prover(r, *first, good_enough, budget_)(took_);
    narrow_ = found.narrow;
    return found.left_window ? std::nullopt : std::optional(describe_choice(w, r, found, dual));
  }

  /// The classes with items above their window that are not worth their price, or below and worth more.
  [[nodiscard]] std::vector<std::size_t> left_windows(const windows& w, const sharp_prices& at) const {
    std::vector<std::size_t> result;
    for (std::size_t c = 0; c < w.classes(); ++c) {
      const int128 t = at.prices.cost(core_.weights_of(c)) * (int128{1} << static_cast<unsigned>(at.unused));
      if ((w.above[c] > 0 && t > int128{scale_.round(w.ranges[c].high)} * at.prices.factor) ||
          (w.below[c] > 0 && t < int128{scale_.round(w.ranges[c].low)} * at.prices.factor)) {
        result.push_back(c);
      }
    }
    return result;
  }

  /// The first choice. On a plateau k0 may be far from where the rows are used up evenly, but the mixture is there.
  [[nodiscard]] std::optional<choice> round(const windows& w, regret<>& r, const std::vector<price_share>& mixture) {
    std::optional<choice> result = rounding(r, budget_)();
    std::size_t free_moves = 0;
    for (std::size_t c = 0; c < r.classes(); ++c) {
      free_moves += r.cost(c, 1) == 0 || r.cost(c, -1) == 0 ? std::size_t{1} : 0;
    }
    if (result && result->cost > 0 && free_moves > 0 && !mixture.empty()) {
      const auto other = rounding(r, budget_)(moves_to(w, r, mixture));
      result = other && other->cost < result->cost ? other : result;
    }
    return result;
  }

  /// The moves from k0 to what a mixture keeps, rounded down.
  [[nodiscard]] std::vector<std::int64_t> moves_to(const windows& w, const regret<>& r,
                                                   const std::vector<price_share>& mixture) const {
    std::vector<std::int64_t> result;
    for (std::size_t c = 0; c < w.classes(); ++c) {
      const double kept = count_in(mixture, w.of(c), core_.weights_of(c));
      const auto most = static_cast<double>(w.of(c).size());
      result.push_back(static_cast<std::int64_t>((std::min)(most, kept + 1e-6)) - r.line(c));
    }
    return result;
  }

  [[nodiscard]] window_choice describe_choice(const windows& w, const regret<>& r, const proof& found,
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
  std::vector<std::size_t> narrow_;
  double above_ = 0;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
