// SPDX-License-Identifier: Apache-2.0
// Operations on lane blocks that look at one feature, or all features of one sample: relu, softmax.
#ifndef ESPALIER_KERNELS_ELEMENTWISE_HPP
#define ESPALIER_KERNELS_ELEMENTWISE_HPP

#include <cstddef>

#include <espalier/kernels/detail/exponential.hpp>
#include <espalier/kernels/detail/table.hpp>
#include <espalier/kernels/detail/vector.hpp>
#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::kernels {

/// Negative numbers become 0, in place; what is not a number stays so, to be found.
/// @param count  a multiple of 16.
template <class T>
void relu_forward(T* x, std::size_t count) {
  for (std::size_t i = 0; i < count; i += detail::short_vector<T>::width) {
    const auto value = detail::load(x + i);
    detail::store(x + i, value <= T{0} ? detail::numbers<T>{} : value);
  }
}

/// The slope is 0 where the output is 0, in place.
/// @param count  a multiple of 16.
template <class T>
void relu_backward(const T* y, T* dy, std::size_t count) {
  detail::table<T>().relu_backward(y, dy, count);
}

/// exp(x - max) / sum over the features of each sample, in place. The maximum is taken off first, so nothing overflows.
/// @param x        [block][feature][lane].
/// @param samples  how many are changed, and perhaps the next ones in their vector; with those that fill up the last
///                 block.
template <class T>
void softmax_forward(T* x, std::size_t features, std::size_t samples) {
  for (std::size_t i = 0; i < samples; i += detail::short_vector<T>::width) {
    T* sample = x + i / lanes * features * lanes + i % lanes;
    auto largest = detail::load(sample);
    for (std::size_t f = 1; f < features; ++f) {
      const auto score = detail::load(sample + f * lanes);
      largest = score > largest ? score : largest;
    }
    detail::numbers<T> total{};
    for (std::size_t f = 0; f < features; ++f) {
      const auto below = detail::load(sample + f * lanes) - largest;
      auto power = detail::exponential<T>(below);
      if constexpr (sizeof(T) == 4) {
        power = below < -87 ? detail::numbers<T>{} : power;  // what exponential cuts off
      }
      detail::store(sample + f * lanes, power);
      total += power;
    }
    for (std::size_t f = 0; f < features; ++f) {
      detail::store(sample + f * lanes, detail::load(sample + f * lanes) / total);
    }
  }
}

/// dx = y (dy - sum y dy), in place of dy.
template <class T>
void softmax_backward(const T* y, T* dy, std::size_t features, std::size_t blocks) {
  for (std::size_t block = 0; block < blocks; ++block) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const std::size_t first = block * features * lanes + lane;
      T total = 0;
      for (std::size_t f = 0; f < features; ++f) {
        total += y[first + f * lanes] * dy[first + f * lanes];
      }
      for (std::size_t f = 0; f < features; ++f) {
        dy[first + f * lanes] = y[first + f * lanes] * (dy[first + f * lanes] - total);
      }
    }
  }
}

}  // namespace espalier::inline v0::kernels

#endif
