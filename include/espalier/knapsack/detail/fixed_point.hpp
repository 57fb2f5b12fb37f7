// SPDX-License-Identifier: Apache-2.0
// Values as whole numbers, so that everything that is claimed to be proven is exact arithmetic.
#ifndef ESPALIER_KNAPSACK_DETAIL_FIXED_POINT_HPP
#define ESPALIER_KNAPSACK_DETAIL_FIXED_POINT_HPP

#include <cmath>
#include <cstdint>

namespace espalier::inline v0::knapsack::detail {

/// Sums of up to 2^32 values of 54 bits, and products of a multiplier with a weight, fit with room to spare.
__extension__ using int128 = __int128;

/// Rounds doubles to multiples of a power of two such that the largest one has 54 bits.
class fixed_point {
 public:
  /// @param largest  of the values, finite and >= 0.
  explicit fixed_point(double largest) noexcept : exponent_(largest > 0 ? 53 - std::ilogb(largest) : 0) {}

  [[nodiscard]] std::int64_t round(double value) const noexcept {
    return static_cast<std::int64_t>(std::llround(std::ldexp(value, exponent_)));
  }
  [[nodiscard]] double to_double(int128 value) const noexcept {
    return std::ldexp(static_cast<double>(value), -exponent_);
  }

 private:
  int exponent_;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
