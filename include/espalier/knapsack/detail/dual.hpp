// SPDX-License-Identifier: Apache-2.0
// Prices for the resources (Lagrange multipliers) at which the relaxed problem bounds the optimum most tightly.
#ifndef ESPALIER_KNAPSACK_DETAIL_DUAL_HPP
#define ESPALIER_KNAPSACK_DETAIL_DUAL_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <espalier/knapsack/detail/presolve.hpp>

namespace espalier::inline v0::knapsack::detail {

/// The Lagrangian L(lambda) = lambda C + sum over items of max(0, v - lambda w) and its slope at one point.
struct dual_value {
  double value = 0;
  std::vector<double> slope;  ///< C - what the items with v > lambda w use
};

[[nodiscard]] inline dual_value evaluate_dual(const core_problem& core, const std::vector<double>& prices) {
  dual_value result;
  for (std::size_t r = 0; r < prices.size(); ++r) {
    result.value += prices[r] * static_cast<double>(core.capacities[r]);
    result.slope.push_back(static_cast<double>(core.capacities[r]));
  }
  for (const core_class& c : core.classes) {
    double threshold = 0;
    for (std::size_t r = 0; r < prices.size(); ++r) {
      threshold += prices[r] * static_cast<double>(c.weights[r]);
    }
    const auto first_below = std::partition_point(
        c.values.begin(), c.values.end(), [&](std::int64_t value) { return static_cast<double>(value) > threshold; });
    const auto kept = static_cast<std::size_t>(first_below - c.values.begin());
    result.value += static_cast<double>(c.sums[kept]) - threshold * static_cast<double>(kept);
    for (std::size_t r = 0; r < prices.size(); ++r) {
      result.slope[r] -= static_cast<double>(c.weights[r]) * static_cast<double>(kept);
    }
  }
  return result;
}

/// The price of each row above which no item of it is worth keeping: the optimal prices lie below.
[[nodiscard]] inline std::vector<double> highest_prices(const core_problem& core) {
  std::vector<double> highest(core.capacities.size(), 0.0);
  for (const core_class& c : core.classes) {
    for (std::size_t r = 0; r < highest.size(); ++r) {
      if (c.weights[r] > 0) {
        highest[r] = (std::max)(highest[r], static_cast<double>(c.values.front()) / static_cast<double>(c.weights[r]));
      }
    }
  }
  return highest;
}

/// One row: the slope changes sign at the best price, so halve.
[[nodiscard]] inline double best_price(const core_problem& core, double highest) {
  double low = 0;
  double high = highest;
  for (int step = 0; step < 2 * std::numeric_limits<double>::digits; ++step) {
    const double middle = low + (high - low) / 2;
    (evaluate_dual(core, {middle}).slope[0] < 0 ? low : high) = middle;
  }
  return high;
}

/// The ellipsoid method with deep cuts, on prices scaled to [0, 1].
/// Source: Bland, Goldfarb and Todd 1981, "The ellipsoid method: a survey".
class ellipsoid {
 public:
  explicit ellipsoid(std::size_t dimension) : center_(dimension, 0.5), shape_(dimension * dimension, 0.0) {
    for (std::size_t i = 0; i < dimension; ++i) {
      shape_[i * dimension + i] = static_cast<double>(dimension) / 4;  // the ball around the unit cube
    }
  }

  [[nodiscard]] const std::vector<double>& center() const noexcept { return center_; }

  /// Cuts away the half-space in which gradient (x - center) > -excess. False when what is left is as small as
  /// rounding.
  bool cut(const std::vector<double>& gradient, double excess) {
    const std::size_t n = center_.size();
    const auto dimension = static_cast<double>(n);
    std::vector<double> image(n, 0.0);
    double length = 0;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        image[i] += shape_[i * n + j] * gradient[j];
      }
      length += gradient[i] * image[i];
    }
    length = std::sqrt(length);
    if (!(length > 0) || excess >= length) {
      return false;
    }
    const double depth = excess / length;
    const double step = (1 + dimension * depth) / (dimension + 1);
    const double shrink = 2 * step / (1 + depth);
    const double grow = dimension * dimension * (1 - depth * depth) / (dimension * dimension - 1);
    for (std::size_t i = 0; i < n; ++i) {
      center_[i] -= step * image[i] / length;
      for (std::size_t j = 0; j < n; ++j) {
        shape_[i * n + j] = grow * (shape_[i * n + j] - shrink * image[i] * image[j] / (length * length));
      }
    }
    return true;
  }

 private:
  std::vector<double> center_;
  std::vector<double> shape_;
};

/// Several rows: ellipsoids around the best prices. Any prices give a valid bound; these give a tight one.
[[nodiscard]] inline std::vector<double> best_prices(const core_problem& core, const std::vector<double>& highest) {
  const std::size_t n = highest.size();
  ellipsoid region(n);
  std::vector<double> best(n, 0.0);
  double lowest = std::numeric_limits<double>::infinity();
  const std::size_t steps = 80 * n * (n + 1);
  for (std::size_t step = 0; step < steps; ++step) {
    std::vector<double> gradient(n, 0.0);
    double excess = 0;
    const auto negative = std::find_if(region.center().begin(), region.center().end(), [](double x) { return x < 0; });
    if (negative != region.center().end()) {
      gradient[static_cast<std::size_t>(negative - region.center().begin())] = -1;
      excess = -*negative;
    } else {
      std::vector<double> prices(n);
      for (std::size_t r = 0; r < n; ++r) {
        prices[r] = region.center()[r] * highest[r];
      }
      const dual_value here = evaluate_dual(core, prices);
      for (std::size_t r = 0; r < n; ++r) {
        gradient[r] = here.slope[r] * highest[r];
      }
      if (here.value < lowest) {
        lowest = here.value;
        best = prices;
      }
      excess = here.value - lowest;
    }
    if (!region.cut(gradient, excess)) {
      break;
    }
  }
  return best;
}

/// @return whole prices, one per row, in the fixed point of the values; all >= 0.
/// Complexity: O(steps classes log n), steps <= 106 for one row, 80 M (M + 1) for M rows.
[[nodiscard]] inline std::vector<std::int64_t> solve_dual(const core_problem& core) {
  const std::vector<double> highest = highest_prices(core);
  const std::vector<double> prices =
      highest.size() == 1 ? std::vector<double>{best_price(core, highest[0])} : best_prices(core, highest);
  std::vector<std::int64_t> whole;
  for (const double price : prices) {
    whole.push_back(static_cast<std::int64_t>(std::llround(price)));
  }
  return whole;
}

}  // namespace espalier::inline v0::knapsack::detail

#endif
