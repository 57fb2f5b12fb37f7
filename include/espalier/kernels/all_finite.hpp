// SPDX-License-Identifier: Apache-2.0
// Whether numbers are finite, asked so often that it must be cheap.
#ifndef ESPALIER_KERNELS_ALL_FINITE_HPP
#define ESPALIER_KERNELS_ALL_FINITE_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <type_traits>

namespace espalier::inline v0::kernels {

/// Looks at the bits: a comparison of numbers would be optimized away under -ffast-math.
/// @tparam T  float or double.
/// @return whether none of the numbers is infinite or not a number.   Complexity: O(numbers).
template <class T>
[[nodiscard]] bool all_finite(std::span<const T> numbers) {
  using bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  // Without its sign a number overflows into the sign if its exponent, all ones, becomes one more.
  constexpr bits sign = bits{1} << (8 * sizeof(T) - 1);
  constexpr bits one = bits{1} << (std::numeric_limits<T>::digits - 1);
  constexpr std::size_t width = 16 / sizeof(T);
  constexpr std::size_t at_once = 4;
  typedef bits vector __attribute__((vector_size(16)));  // NOLINT(modernize-use-using): an alias drops the size
  vector seen[at_once] = {};
  const std::size_t whole = numbers.size() / (at_once * width) * (at_once * width);
  for (std::size_t i = 0; i < whole; i += at_once * width) {
#pragma GCC unroll 4
    for (std::size_t part = 0; part < at_once; ++part) {
      vector value;
      std::memcpy(&value, numbers.data() + i + part * width, sizeof(value));
      seen[part] |= (value & ~sign) + one;
    }
  }
  const vector all = (seen[0] | seen[1]) | (seen[2] | seen[3]);
  bits found = 0;
  for (std::size_t lane = 0; lane < width; ++lane) {
    found |= all[lane];
  }
  for (std::size_t i = whole; i < numbers.size(); ++i) {
    bits value = 0;
    std::memcpy(&value, numbers.data() + i, sizeof(value));
    found |= (value & ~sign) + one;
  }
  return (found & sign) == 0;
}

}  // namespace espalier::inline v0::kernels

#endif
