// SPDX-License-Identifier: Apache-2.0
// The share of the variance of targets that outputs explain.
#ifndef ESPALIER_METRIC_R2_HPP
#define ESPALIER_METRIC_R2_HPP

#include <cstddef>

#include <espalier/metric/metric.hpp>

namespace espalier::inline v0::metric {

/// 1 - sum (target - output)^2 / sum (target - mean target)^2 of each output, by weight, then the mean over outputs: 1
/// is perfect, 0 no better than the mean target.
struct r2 {
  /// @return at most 1; minus infinity, or not a number if it fits, where the targets of an output are all equal.
  /// Complexity: O(numbers).
  template <class T>
  [[nodiscard]] double operator()(const predictions<T>& p) const {
    double total = 0;
    for (std::size_t column = 0; column < p.width; ++column) {
      const double mean = detail::mean_of_rows(p, [&](std::size_t row) { return p.target(row, column); });
      const double error = detail::mean_of_rows(p, [&](std::size_t row) {
        const double off = p.target(row, column) - p.output(row, column);
        return off * off;
      });
      const double spread = detail::mean_of_rows(p, [&](std::size_t row) {
        const double off = p.target(row, column) - mean;
        return off * off;
      });
      total += 1 - error / spread;
    }
    return total / static_cast<double>(p.width);
  }
};
static_assert(metric<r2>);

}  // namespace espalier::inline v0::metric

#endif
