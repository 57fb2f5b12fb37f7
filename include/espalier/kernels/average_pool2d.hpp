// SPDX-License-Identifier: Apache-2.0
// Mean of each window of an image, on lane blocks.
#ifndef ESPALIER_KERNELS_AVERAGE_POOL2D_HPP
#define ESPALIER_KERNELS_AVERAGE_POOL2D_HPP

#include <cstddef>

#include <espalier/kernels/detail/pool_gradient.hpp>
#include <espalier/kernels/detail/vector.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/kernels/pool2d_shape.hpp>

namespace espalier::inline v0::kernels {

namespace detail {

/// One over the number of inputs in a window; what lies beyond the image does not count.
template <class T>
[[nodiscard]] T share_of_input(const pool2d_window& window) {
  return T{1} / static_cast<T>((window.bottom - window.top) * (window.right - window.left));
}

}  // namespace detail

/// y = the mean x of each window.
/// @param s  sizes; @param x  [block][input][lane]; @param y  [block][output][lane]; @param blocks  how many.
template <class T>
void average_pool2d_forward(const pool2d_shape& s, const T* x, T* y, std::size_t blocks) {
  for (std::size_t block = 0; block < blocks; ++block, x += s.inputs() * lanes, y += s.outputs() * lanes) {
    for_each_window(s, [&](const pool2d_window& window) {
      const T share = detail::share_of_input<T>(window);
      for (std::size_t lane = 0; lane < lanes; lane += detail::short_vector<T>::width) {
        detail::numbers<T> sum{};
        window.for_each_input(s, [&](std::size_t place) { sum += detail::load(x + place + lane); });
        detail::store(y + window.output + lane, sum * share);
      }
    });
  }
}

/// All inputs of a window share its gradient.
/// @param dy  [block][output][lane]; @param dx  [block][input][lane].
template <class T>
void average_pool2d_backward(const pool2d_shape& s, const T* dy, T* dx, std::size_t blocks) {
  const detail::pool_gradient<T> gradient(s, dx, blocks);
  for (std::size_t block = 0; block < blocks; ++block, dx += s.inputs() * lanes, dy += s.outputs() * lanes) {
    for_each_window(s, [&](const pool2d_window& window) {
      const T share = detail::share_of_input<T>(window);
      for (std::size_t lane = 0; lane < lanes; lane += detail::short_vector<T>::width) {
        const detail::numbers<T> own = detail::load(dy + window.output + lane) * share;
        window.for_each_input(s, [&](std::size_t place) { gradient.put(dx + place + lane, own); });
      }
    });
  }
}

}  // namespace espalier::inline v0::kernels

#endif
