// SPDX-License-Identifier: Apache-2.0
// The share of right answers.
#ifndef ESPALIER_METRIC_ACCURACY_HPP
#define ESPALIER_METRIC_ACCURACY_HPP

#include <cstddef>

#include <espalier/metric/metric.hpp>

namespace espalier::inline v0::metric {

/// The share of rows, by weight, whose largest output is at the right class, that of the largest target; ties go to the
/// lowest. A single output says yes if it is above the threshold.
struct accuracy {
  double threshold = 0.5;  ///< of a single output

  /// @return the share, 0 to 1; 0 if nothing counts.   Complexity: O(numbers).
  template <class T>
  [[nodiscard]] double operator()(const predictions<T>& p) const {
    return detail::mean_of_rows(p, [&](std::size_t row) -> double {
      if (p.width == 1) {
        return (p.output(row, 0) > threshold) == (p.target(row, 0) > 0.5) ? 1 : 0;
      }
      const auto output = [&](std::size_t column) { return p.output(row, column); };
      return detail::largest(p.width, output) == detail::right_class(p, row) ? 1 : 0;
    });
  }
};
static_assert(metric<accuracy>);

}  // namespace espalier::inline v0::metric

#endif
