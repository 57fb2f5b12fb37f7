// SPDX-License-Identifier: Apache-2.0
// How far outputs are from their targets.
#ifndef ESPALIER_METRIC_ROOT_MEAN_SQUARED_ERROR_HPP
#define ESPALIER_METRIC_ROOT_MEAN_SQUARED_ERROR_HPP

#include <cmath>
#include <cstddef>

#include <espalier/metric/metric.hpp>

namespace espalier::inline v0::metric {

/// sqrt(mean of (target - output)^2), by weight, over all outputs. Smaller is better.
struct root_mean_squared_error {
  /// @return in the unit of the targets, >= 0.   Complexity: O(numbers).
  template <class T>
  [[nodiscard]] double operator()(const predictions<T>& p) const {
    return std::sqrt(detail::mean_of_rows(p, [&](std::size_t row) {
      double sum = 0;
      for (std::size_t column = 0; column < p.width; ++column) {
        const double off = p.target(row, column) - p.output(row, column);
        sum += off * off;
      }
      return sum / static_cast<double>(p.width);
    }));
  }
};
static_assert(metric<root_mean_squared_error>);

}  // namespace espalier::inline v0::metric

#endif
