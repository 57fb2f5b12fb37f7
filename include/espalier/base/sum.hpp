// SPDX-License-Identifier: Apache-2.0
// A sum of many numbers that loses nothing to rounding along the way.
#ifndef ESPALIER_BASE_SUM_HPP
#define ESPALIER_BASE_SUM_HPP

#include <cmath>

namespace espalier::inline v0 {

/// Adds doubles with the rounding errors carried along; the result is as good as one of twice the precision, rounded.
/// Source: Neumaier 1974, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen".
class compensated_sum {
 public:
  /// @param number  finite.
  void add(double number) noexcept {
    const double next = sum_ + number;
    lost_ += std::abs(sum_) >= std::abs(number) ? (sum_ - next) + number : (number - next) + sum_;
    sum_ = next;
  }

  /// @return the sum of all numbers added, 0 if there was none.
  [[nodiscard]] double result() const noexcept { return sum_ + lost_; }

 private:
  double sum_ = 0;
  double lost_ = 0;
};

}  // namespace espalier::inline v0

#endif
