// SPDX-License-Identifier: Apache-2.0
// The share of samples whose right class is among the first few.
#ifndef ESPALIER_METRIC_TOP_K_ACCURACY_HPP
#define ESPALIER_METRIC_TOP_K_ACCURACY_HPP

#include <cstddef>

#include <espalier/metric/metric.hpp>

namespace espalier::inline v0::metric {

/// The share of rows, by weight, in which fewer than k outputs are larger than that of the right class; so ties count
/// as right, as in Keras.
struct top_k_accuracy {
  std::size_t k = 5;  ///< >= 1

  /// @return the share, 0 to 1; 0 if nothing counts.   Complexity: O(numbers).
  template <class T>
  [[nodiscard]] double operator()(const predictions<T>& p) const {
    return detail::mean_of_rows(p, [&](std::size_t row) -> double {
      const std::size_t right = detail::right_class(p, row);
      std::size_t larger = 0;
      for (std::size_t column = 0; column < p.width; ++column) {
        larger += p.output(row, column) > p.output(row, right) ? 1U : 0U;
      }
      return larger < k ? 1 : 0;
    });
  }
};
static_assert(metric<top_k_accuracy>);

}  // namespace espalier::inline v0::metric

#endif
