// SPDX-License-Identifier: Apache-2.0
// Prices for the resources (Lagrange multipliers) at which the relaxed problem bounds the optimum most tightly.
#ifndef ESPALIER_KNAPSACK_DETAIL_DUAL_HPP
#define ESPALIER_KNAPSACK_DETAIL_DUAL_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <espalier/base/view_of.hpp>
#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/column_generation.hpp>
#include <espalier/knapsack/detail/one_price.hpp>
#include <espalier/knapsack/detail/relaxation.hpp>
#include <espalier/knapsack/detail/window.hpp>

namespace espalier::inline v0::knapsack::detail {

/// The items near the line at some prices, with values counted from it: there L is a sum of few small terms, and
/// rounding is relative to these.
template <class = void>  // so that it is compiled where it is used only
class neighbourhood {
 public:
  /// @param reach  how many items of each class to take on either side of the line.
  neighbourhood(const dual_function<>& function, const std::vector<double>& prices, std::size_t reach, budget& b) {
    const relaxation& all = function.terms();
    capacities_.assign(all.capacities.begin(), all.capacities.end());
    for (std::size_t r = 0; r < prices.size(); ++r) {
      slack_costs_.push_back(all.slack_cost(r) + prices[r]);
    }
    for (std::size_t c = 0; c < all.classes(); ++c) {
      const double t = function.threshold(c, prices);
      const auto items = all.of(c);
      const std::size_t line = count_above(items, t);
      const std::size_t first = line - (std::min)(line, reach);
      const std::size_t last = (std::min)(items.size(), line + reach);
      complete_ = complete_ && first == 0 && last == items.size();
      for (std::size_t i = first; i < last; ++i) {
        b.keep_going(i);
        items_.push_back({items[i].value - t, items[i].index});
      }
      begin_.push_back(items_.size());
      for (std::size_t r = 0; r < prices.size(); ++r) {
        capacities_[r] -= all.weights[c * prices.size() + r] * static_cast<std::int64_t>(first);
      }
    }
    weights_ = all.weights;
  }

  /// Whether nothing is left out.
  [[nodiscard]] bool complete() const noexcept { return complete_; }
  /// Whether keeping all that lies above fits.
  [[nodiscard]] bool fits() const noexcept {
    return std::all_of(capacities_.begin(), capacities_.end(), [](std::int64_t c) { return c >= 0; });
  }
  [[nodiscard]] relaxation terms() const noexcept {
    return {view_of(items_), view_of(begin_), weights_, view_of(capacities_), {}, view_of(slack_costs_)};
  }

 private:
  std::vector<window_item> items_;
  std::vector<std::size_t> begin_{0};
  std::span<const std::int64_t> weights_;
  std::vector<std::int64_t> capacities_;
  std::vector<double> slack_costs_;
  bool complete_ = true;
};

/// Minimizes L: over all items first, then over ever smaller neighbourhoods of the minimum, for the last digits.
/// @param terms  single items (no copies); capacities >= 0.
/// @param hint   prices near which the minimum is thought to be; empty: 0.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] dual_solution minimize_dual(const relaxation& terms, const std::vector<double>& hint, budget& b) {
  const dual_function function(terms, b);
  if (terms.rows() == 1) {
    one_price price(terms.items, terms.begin, terms.weights, terms.capacities[0]);
    const std::vector<double> prices{price()};
    return {prices, function.value(prices, function.at(prices)), price.steps(), {}};
  }
  dual_solution best = column_generation(function, hint.empty() ? std::vector<double>(terms.rows(), 0.0) : hint, b)();
  constexpr std::size_t last_reach = 12;
  std::size_t reach = last_reach;
  for (std::size_t c = 0; c < terms.classes(); ++c) {
    reach = (std::max)(reach, (terms.begin[c + 1] - terms.begin[c]) / 32);
  }
  for (int turn = 0; turn < 12; ++turn) {
    const neighbourhood near(function, best.prices, reach, b);
    if (!near.fits()) {
      reach *= 8;
      continue;
    }
    const dual_function local(near.terms(), b);
    const dual_solution found = column_generation(local, std::vector<double>(terms.rows(), 0.0), b)();
    best.steps += found.steps;
    std::vector<double> prices = best.prices;
    double moved = 0;
    for (std::size_t r = 0; r < terms.rows(); ++r) {
      moved = (std::max)(moved, std::abs(found.prices[r]) - 1e-13 * std::abs(best.prices[r]));
      prices[r] = (std::max)(0.0, prices[r] + found.prices[r]);
    }
    if (function.value(prices, function.at(prices)) > best.value + 1e-14 * function.magnitude()) {
      reach *= 8;  // the minimum of the neighbourhood lies outside of it, as where more items are equal than it holds
      if (near.complete()) {
        break;
      }
      continue;
    }
    best.prices = std::move(prices);
    best.value = (std::min)(best.value, function.value(best.prices, function.at(best.prices)));
    if (reach == last_reach && moved <= 0) {
      break;
    }
    reach = (std::max)(last_reach, reach / 32);
  }
  best.value = function.value(best.prices, function.at(best.prices));
  return best;
}

}  // namespace espalier::inline v0::knapsack::detail

#endif
