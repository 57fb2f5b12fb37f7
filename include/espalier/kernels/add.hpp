// SPDX-License-Identifier: Apache-2.0
// Adds up the gradients of slots.
#ifndef ESPALIER_KERNELS_ADD_HPP
#define ESPALIER_KERNELS_ADD_HPP

#include <cstddef>
#include <span>

#include <espalier/kernels/detail/vector.hpp>

namespace espalier::inline v0::kernels {

/// sums[i] += from[i].
/// @param from  as many numbers as sums.
template <class T>
void add(std::span<const T> from, std::span<T> sums) {
  constexpr std::size_t width = detail::short_vector<T>::width;
  std::size_t i = 0;
  for (; i + width <= sums.size(); i += width) {
    detail::store(sums.data() + i, detail::load(sums.data() + i) + detail::load(from.data() + i));
  }
  for (; i < sums.size(); ++i) {
    sums[i] += from[i];
  }
}

}  // namespace espalier::inline v0::kernels

#endif
