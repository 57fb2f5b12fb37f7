// SPDX-License-Identifier: Apache-2.0
// Whether numbers are finite, asked so often that it must be cheap.
#ifndef ESPALIER_KERNELS_ALL_FINITE_HPP
#define ESPALIER_KERNELS_ALL_FINITE_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace espalier::inline v0::kernels {

/// Looks at the bits: a comparison of numbers would be optimized away under -ffast-math.
/// @tparam T  float or double.
/// @return whether none of the numbers is infinite or not a number.   Complexity: O(numbers).
template <class T>
[[nodiscard]] bool all_finite(std::span<const T> numbers) {
  using bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  constexpr bits exponent = sizeof(T) == 4 ? bits{0x7F800000U} : static_cast<bits>(0x7FF0000000000000U);
  constexpr std::size_t width = 16 / sizeof(T);
  typedef bits vector __attribute__((vector_size(16)));  // NOLINT(modernize-use-using): an alias drops the size
  vector broken{};
  const std::size_t whole = numbers.size() / width * width;
  for (std::size_t i = 0; i < whole; i += width) {
    vector value;
    std::memcpy(&value, numbers.data() + i, sizeof(value));
    broken |= reinterpret_cast<vector>((value & exponent) == exponent);
  }
  bits found = 0;
  for (std::size_t lane = 0; lane < width; ++lane) {
    found |= broken[lane];
  }
  for (std::size_t i = whole; i < numbers.size(); ++i) {
    bits value = 0;
    std::memcpy(&value, numbers.data() + i, sizeof(value));
    found |= (value & exponent) == exponent ? 1U : 0U;
  }
  return found == 0;
}

}  // namespace espalier::inline v0::kernels

#endif
