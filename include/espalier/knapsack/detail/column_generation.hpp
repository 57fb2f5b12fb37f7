// SPDX-License-Identifier: Apache-2.0
// The minimum of a dual function, one break solution after another.
#ifndef ESPALIER_KNAPSACK_DETAIL_COLUMN_GENERATION_HPP
#define ESPALIER_KNAPSACK_DETAIL_COLUMN_GENERATION_HPP

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/master_problem.hpp>
#include <espalier/knapsack/detail/relaxation.hpp>

namespace espalier::inline v0::knapsack::detail {

/// Prices and how they were found.
struct dual_solution {
  std::vector<double> prices;          ///< per row
  double value = 0;                    ///< L there
  std::size_t steps = 0;               ///< break solutions tried
  std::vector<price_share> mixture{};  ///< of what the relaxed problem keeps; with one row it may be missing
};

/// Minimizes L by column generation with smoothed prices.
///
/// Source: Dantzig and Wolfe 1960; Wentges 1997, "Weighted Dantzig-Wolfe decomposition for linear mixed-integer
/// programming".
/// @tparam Function  dual_function, or another one with the same members.
template <class Function>
class column_generation {
 public:
  /// @param hint  prices near which the minimum is thought to be.
  column_generation(const Function& function, const std::vector<double>& hint, budget& b)
      : function_(function), budget_(b), unit_(units(function)), master_(capacities(), slack_costs()) {
    best_.prices = hint;
    best_.value = std::numeric_limits<double>::infinity();
    master_.enter(evaluate(hint), hint);
  }

  /// Complexity: O(steps classes log items), typically 10 to 60 steps.
  [[nodiscard]] dual_solution operator()() {
    constexpr std::size_t most_steps = 400;
    const double tolerance = 1e-15 * function_.magnitude();
    const std::size_t patience = 12 + 4 * unit_.size();
    std::size_t idle = 0;
    while (best_.steps < most_steps && idle < 4 * patience) {
      budget_.keep_going();
      const double before = best_.value;
      const std::vector<double> exact = master_prices();
      // Smoothed prices are better columns as a rule; where they lead nowhere, the exact ones must.
      std::vector<double> tried = idle < patience ? mixed(exact) : exact;
      break_solution s = evaluate(tried);
      if (master_.reduced_cost(s) <= tolerance) {
        tried = exact;
        s = evaluate(tried);
        if (master_.reduced_cost(s) <= tolerance) {
          break;
        }
      }
      idle = best_.value < before - tolerance ? 0 : idle + 1;
      master_.enter(s, tried);
    }
    best_.mixture = master_.mixture();
    return best_;
  }

 private:
  /// Units in which all items together use 1 of each row.
  [[nodiscard]] static std::vector<double> units(const Function& function) {
    std::vector<double> unit;
    for (std::size_t r = 0; r < function.rows(); ++r) {
      const double used = function.all_used(r);
      unit.push_back(used > 0 ? used : 1.0);
    }
    return unit;
  }
  [[nodiscard]] std::vector<double> capacities() const {
    std::vector<double> result;
    for (std::size_t r = 0; r < unit_.size(); ++r) {
      result.push_back(static_cast<double>(function_.capacity(r)) / unit_[r]);
    }
    return result;
  }
  [[nodiscard]] std::vector<double> slack_costs() const {
    std::vector<double> result;
    for (std::size_t r = 0; r < unit_.size(); ++r) {
      result.push_back(function_.slack_cost(r) * unit_[r]);
    }
    return result;
  }

  [[nodiscard]] std::vector<double> master_prices() const {
    std::vector<double> result;
    for (std::size_t r = 0; r < unit_.size(); ++r) {
      result.push_back((std::max)(-function_.slack_cost(r), master_.prices()[r] / unit_[r]));
    }
    return result;
  }
  [[nodiscard]] std::vector<double> mixed(const std::vector<double>& exact) const {
    std::vector<double> result;
    for (std::size_t r = 0; r < unit_.size(); ++r) {
      result.push_back(0.5 * best_.prices[r] + 0.5 * exact[r]);
    }
    return result;
  }

  /// The break solution at some prices in the master's units.
  [[nodiscard]] break_solution evaluate(const std::vector<double>& prices) {
    break_solution s = function_.at(prices);
    ++best_.steps;
    const double value = function_.value(prices, s);
    if (value < best_.value) {
      best_.value = value;
      best_.prices = prices;
    }
    for (std::size_t r = 0; r < unit_.size(); ++r) {
      s.used[r] /= unit_[r];
    }
    return s;
  }

  const Function& function_;
  budget& budget_;
  std::vector<double> unit_;
  master_problem<> master_;
  dual_solution best_;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
