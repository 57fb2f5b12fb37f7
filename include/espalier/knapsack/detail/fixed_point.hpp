// SPDX-License-Identifier: Apache-2.0
// Values as whole numbers, so that everything that is claimed to be proven is exact arithmetic.
#ifndef ESPALIER_KNAPSACK_DETAIL_FIXED_POINT_HPP
#define ESPALIER_KNAPSACK_DETAIL_FIXED_POINT_HPP

#include <cmath>
#include <cstdint>

namespace espalier::inline v0::knapsack::detail {

/// Products of a price with a weight, and prices times a determinant, fit with room to spare.
__extension__ using int128 = __int128;

/// Rounds doubles to multiples of a power of two such that the largest one has 54 bits, and multiplies them by a whole
/// factor on request, for prices that are fractions.
class fixed_point {
 public:
  /// @param largest  of the values, finite and >= 0.
  explicit fixed_point(double largest) noexcept { scale_by(largest > 0 ? 53 - std::ilogb(largest) : 0); }

  /// The same with so many bits less, for values that do not need them.
  [[nodiscard]] fixed_point coarser(int bits) const noexcept {
    fixed_point result = *this;
    result.scale_by(exponent_ - bits);
    return result;
  }

  [[nodiscard]] std::int64_t round(double value) const noexcept {
    // Truncating v + 1/2 rounds half up, but for v = 1/2 - 2^-54, where either way is within the promise.
    const double scaled = value * low_ * high_;
    return scaled < 0x1p52 ? static_cast<std::int64_t>(scaled + 0.5) : static_cast<std::int64_t>(scaled);
  }
  [[nodiscard]] double to_double(int128 value) const noexcept {
    return std::ldexp(static_cast<double>(value), -exponent_);
  }
  /// A number on the scale of the values, not rounded.
  [[nodiscard]] double scaled(double value) const noexcept { return value * low_ * high_; }

 private:
  void scale_by(int exponent) noexcept {
    exponent_ = exponent;
    // 2^exponent overflows a double where the values are denormal, so it is applied in two halves.
    low_ = std::ldexp(1.0, exponent_ / 2);
    high_ = std::ldexp(1.0, exponent_ - exponent_ / 2);
  }

  int exponent_ = 0;
  double low_ = 1;
  double high_ = 1;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
