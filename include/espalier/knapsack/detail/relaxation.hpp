// SPDX-License-Identifier: Apache-2.0
// The relaxed problem, in which prices stand for the capacities, and its dual function.
#ifndef ESPALIER_KNAPSACK_DETAIL_RELAXATION_HPP
#define ESPALIER_KNAPSACK_DETAIL_RELAXATION_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/window.hpp>

namespace espalier::inline v0::knapsack::detail {

/// What an item of these weights costs at some prices, one per row.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] double cost_of(const std::vector<double>& prices, std::span<const std::int64_t> weights) noexcept {
  double cost = 0;
  for (std::size_t r = 0; r < weights.size(); ++r) {
    cost += prices[r] * static_cast<double>(weights[r]);
  }
  return cost;
}

/// What the relaxed problem is made of: sorted items per class, each standing for `copies` items.
///
/// Values may be counted from some prices lambda0, as v - lambda0 w; then a unit of slack costs lambda0, and the prices
/// that are looked for are what is to be added.
struct relaxation {
  std::span<const window_item> items;        ///< each class sorted
  std::span<const std::size_t> begin;        ///< classes + 1
  std::span<const std::int64_t> weights;     ///< classes x rows
  std::span<const std::int64_t> capacities;  ///< per row, for these items
  std::span<const double> copies;            ///< per class; empty: 1
  std::span<const double> slack_costs;       ///< lambda0 per row; empty: 0

  [[nodiscard]] std::size_t classes() const noexcept { return begin.size() - 1; }
  [[nodiscard]] std::size_t rows() const noexcept { return capacities.size(); }
  [[nodiscard]] std::span<const window_item> of(std::size_t c) const noexcept {
    return items.subspan(begin[c], begin[c + 1] - begin[c]);
  }
  [[nodiscard]] double slack_cost(std::size_t row) const noexcept {
    return slack_costs.empty() ? 0.0 : slack_costs[row];
  }
};

/// A break solution: the items worth more than they cost at some prices.
struct break_solution {
  double value = 0;
  std::vector<double> used;  ///< per row
};

/// The Lagrangian dual function
///
///     L(lambda) = lambda C + sum over items of max(0, v - lambda w),   lambda >= 0,
///
/// convex, an upper bound on the optimum everywhere. One evaluation is a binary search per class.
template <class = void>  // so that it is compiled where it is used only
class dual_function {
 public:
  /// @throws interrupted if told to stop.
  dual_function(const relaxation& r, budget& b) : relaxation_(r), sums_(r.items.size() + r.classes(), 0.0) {
    for (std::size_t c = 0; c < r.classes(); ++c) {
      double sum = 0;
      for (std::size_t i = r.begin[c]; i < r.begin[c + 1]; ++i) {
        b.keep_going(i);
        sum += copies(c) * r.items[i].value;
        sums_[i + c + 1] = sum;
        magnitude_ += copies(c) * std::abs(r.items[i].value);
      }
    }
  }

  [[nodiscard]] const relaxation& terms() const noexcept { return relaxation_; }
  [[nodiscard]] std::size_t rows() const noexcept { return relaxation_.rows(); }
  [[nodiscard]] std::int64_t capacity(std::size_t row) const noexcept { return relaxation_.capacities[row]; }
  [[nodiscard]] double slack_cost(std::size_t row) const noexcept { return relaxation_.slack_cost(row); }
  /// What all items together use of a row.
  [[nodiscard]] double all_used(std::size_t row) const noexcept {
    double sum = 0;
    for (std::size_t c = 0; c < relaxation_.classes(); ++c) {
      sum += copies(c) * static_cast<double>(relaxation_.begin[c + 1] - relaxation_.begin[c]) *
             static_cast<double>(relaxation_.weights[c * rows() + row]);
    }
    return sum;
  }
  [[nodiscard]] double copies(std::size_t c) const noexcept {
    return relaxation_.copies.empty() ? 1.0 : relaxation_.copies[c];
  }
  [[nodiscard]] double threshold(std::size_t c, const std::vector<double>& prices) const noexcept {
    return cost_of(prices, relaxation_.weights.subspan(c * rows(), rows()));
  }

  /// The break solution at some prices.
  [[nodiscard]] break_solution at(const std::vector<double>& prices) const {
    break_solution result{0, std::vector<double>(prices.size(), 0.0)};
    for (std::size_t c = 0; c < relaxation_.classes(); ++c) {
      const std::size_t kept = count_above(relaxation_.of(c), threshold(c, prices));
      if (kept > 0) {
        result.value += sums_[relaxation_.begin[c] + c + kept];
        const double count = copies(c) * static_cast<double>(kept);
        for (std::size_t r = 0; r < prices.size(); ++r) {
          result.used[r] += count * static_cast<double>(relaxation_.weights[c * prices.size() + r]);
        }
      }
    }
    return result;
  }

  /// The sum of all absolute values: what rounding errors are relative to.
  [[nodiscard]] double magnitude() const noexcept { return magnitude_; }

  /// L at some prices, given the break solution there.
  [[nodiscard]] double value(const std::vector<double>& prices, const break_solution& kept) const noexcept {
    double result = kept.value;
    for (std::size_t r = 0; r < prices.size(); ++r) {
      result += prices[r] * (static_cast<double>(relaxation_.capacities[r]) - kept.used[r]);
    }
    return result;
  }

 private:
  relaxation relaxation_;
  std::vector<double> sums_;  // per class, of its first k items, k = 0 and up
  double magnitude_ = 0;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
