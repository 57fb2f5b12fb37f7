// SPDX-License-Identifier: Apache-2.0
// The containers that parameters and users' data live in; the one place that knows where xtensor keeps its headers.
#ifndef ESPALIER_TENSOR_TENSOR_HPP
#define ESPALIER_TENSOR_TENSOR_HPP

#if __has_include(<xtensor/containers/xtensor.hpp>)  // xtensor 0.26 and later
#include <xtensor/containers/xtensor.hpp>
#else
#include <xtensor/xtensor.hpp>
#endif

#include <array>
#include <cstddef>
#include <span>

namespace espalier::inline v0 {

/// An array of fixed rank, row-major.
/// @tparam T     element type.
/// @tparam Rank  number of axes.
template <class T, std::size_t Rank>
using tensor = xt::xtensor<T, Rank, xt::layout_type::row_major>;

/// An array of zeros.
/// @param shape  as many sizes as axes.
/// @return the array.
template <class T, std::size_t Rank>
[[nodiscard]] tensor<T, Rank> zeros(const std::array<std::size_t, Rank>& shape) {
  return tensor<T, Rank>(shape, T{0});
}

/// @param t  any tensor.
/// @return a view of its elements, row-major.
template <class T, std::size_t Rank>
[[nodiscard]] std::span<T> elements(tensor<T, Rank>& t) {
  return {t.data(), t.size()};
}
template <class T, std::size_t Rank>
[[nodiscard]] std::span<const T> elements(const tensor<T, Rank>& t) {
  return {t.data(), t.size()};
}

}  // namespace espalier::inline v0

#endif
