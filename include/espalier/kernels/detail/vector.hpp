// SPDX-License-Identifier: Apache-2.0
// Vectors of 16 bytes, for loops that wait for memory and not for arithmetic: every CPU has them.
#ifndef ESPALIER_KERNELS_DETAIL_VECTOR_HPP
#define ESPALIER_KERNELS_DETAIL_VECTOR_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace espalier::inline v0::kernels::detail {

template <class T>
struct short_vector {
  static constexpr std::size_t width = 16 / sizeof(T);
  using whole = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
  // An alias would drop the size.
  typedef T type __attribute__((vector_size(16)));            // NOLINT(modernize-use-using)
  typedef whole whole_type __attribute__((vector_size(16)));  // NOLINT(modernize-use-using)
};
/// Numbers side by side, and whole numbers of the same size: comparisons, winners of a pooling.
template <class T>
using numbers = typename short_vector<T>::type;
template <class T>
using wholes = typename short_vector<T>::whole_type;

template <class Vector = void, class T>
[[nodiscard]] inline auto load(const T* from) noexcept {
  std::conditional_t<std::is_void_v<Vector>, numbers<T>, Vector> value;
  std::memcpy(&value, from, sizeof(value));
  return value;
}
template <class T, class Vector>
inline void store(T* to, const Vector& value) noexcept {
  static_assert(sizeof(Vector) == 16);
  std::memcpy(to, &value, sizeof(value));
}

/// @return the numbers where the whole ones are odd, else 0.
template <class T>
[[nodiscard]] inline numbers<T> where_odd(const numbers<T>& values, const wholes<T>& odd) noexcept {
  return reinterpret_cast<numbers<T>>(reinterpret_cast<wholes<T>>(values) & -(odd & 1));
}

/// from[lane of row] -> to[row of lane]: as many rows as a vector has numbers, for as many vectors.
template <class T>
inline void transpose(numbers<T> (&rows)[short_vector<T>::width]) noexcept {
  if constexpr (short_vector<T>::width == 4) {
    const numbers<T> low_0 = __builtin_shufflevector(rows[0], rows[1], 0, 4, 1, 5);
    const numbers<T> low_2 = __builtin_shufflevector(rows[2], rows[3], 0, 4, 1, 5);
    const numbers<T> high_0 = __builtin_shufflevector(rows[0], rows[1], 2, 6, 3, 7);
    const numbers<T> high_2 = __builtin_shufflevector(rows[2], rows[3], 2, 6, 3, 7);
    rows[0] = __builtin_shufflevector(low_0, low_2, 0, 1, 4, 5);
    rows[1] = __builtin_shufflevector(low_0, low_2, 2, 3, 6, 7);
    rows[2] = __builtin_shufflevector(high_0, high_2, 0, 1, 4, 5);
    rows[3] = __builtin_shufflevector(high_0, high_2, 2, 3, 6, 7);
  } else {
    const numbers<T> first = __builtin_shufflevector(rows[0], rows[1], 0, 2);
    rows[1] = __builtin_shufflevector(rows[0], rows[1], 1, 3);
    rows[0] = first;
  }
}

}  // namespace espalier::inline v0::kernels::detail

#endif
