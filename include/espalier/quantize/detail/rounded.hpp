// SPDX-License-Identifier: Apache-2.0
// Evenly spaced numbers between two ends.
#ifndef ESPALIER_QUANTIZE_DETAIL_ROUNDED_HPP
#define ESPALIER_QUANTIZE_DETAIL_ROUNDED_HPP

#include <algorithm>
#include <cmath>

namespace espalier::inline v0::quantize::detail {

/// Multiples of a step, from least to most steps.
struct even_numbers {
  double step = 1;
  double least = 0;
  double most = 0;

  /// @return the nearest; of two equally near ones the even multiple.
  [[nodiscard]] double value(double x) const { return step * (std::clamp)(std::nearbyint(x / step), least, most); }
  /// Whether x is rounded to one of them without being held back by an end.
  [[nodiscard]] bool holds(double x) const {
    const double steps = std::nearbyint(x / step);
    return steps >= least && steps <= most;
  }
};

}  // namespace espalier::inline v0::quantize::detail

#endif
