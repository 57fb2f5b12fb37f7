// SPDX-License-Identifier: Apache-2.0
// Largest number in each window of an image, on lane blocks.
#ifndef ESPALIER_KERNELS_MAX_POOL2D_HPP
#define ESPALIER_KERNELS_MAX_POOL2D_HPP

#include <cstddef>

#include <espalier/kernels/detail/pool_gradient.hpp>
#include <espalier/kernels/detail/vector.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/kernels/pool2d_shape.hpp>

namespace espalier::inline v0::kernels {

namespace detail {

/// The largest inputs of a window, for a vector of samples; what is not a number stays, so that it is found.
template <class T>
[[nodiscard]] numbers<T> largest_in_window(const pool2d_shape& s, const pool2d_window& window, const T* x) {
  numbers<T> largest = load(x + ((window.top * s.columns.inputs + window.left) * s.channels + window.channel) * lanes);
  window.for_each_input(s, [&](std::size_t place) {
    const numbers<T> value = load(x + place);
    const auto stays = (value <= largest) | (largest != largest);
    largest = stays ? largest : value;
  });
  return largest;
}

}  // namespace detail

/// y = the largest x of each window.
/// @param s  sizes; @param x  [block][input][lane]; @param y  [block][output][lane]; @param blocks  how many.
template <class T>
void max_pool2d_forward(const pool2d_shape& s, const T* x, T* y, std::size_t blocks) {
  for (std::size_t block = 0; block < blocks; ++block, x += s.inputs() * lanes, y += s.outputs() * lanes) {
    for_each_window(s, [&](const pool2d_window& window) {
      for (std::size_t lane = 0; lane < lanes; lane += detail::short_vector<T>::width) {
        detail::store(y + window.output + lane, detail::largest_in_window(s, window, x + lane));
      }
    });
  }
}

/// The gradient goes to the first largest input of each window, in row-major order; all others get 0.
/// @param dy  [block][output][lane]; @param dx  [block][input][lane].
template <class T>
void max_pool2d_backward(const pool2d_shape& s, const T* x, const T* dy, T* dx, std::size_t blocks) {
  const detail::pool_gradient<T> gradient(s, dx, blocks);
  for (std::size_t block = 0; block < blocks; ++block) {
    for_each_window(s, [&](const pool2d_window& window) {
      for (std::size_t lane = 0; lane < lanes; lane += detail::short_vector<T>::width) {
        const detail::numbers<T> largest = detail::largest_in_window(s, window, x + lane);
        detail::numbers<T> left = detail::load(dy + window.output + lane);
        window.for_each_input(s, [&](std::size_t place) {
          const auto is_largest = detail::load(x + place + lane) == largest;
          const detail::numbers<T> own = is_largest ? left : detail::numbers<T>{};
          gradient.put(dx + place + lane, own);
          left = is_largest ? detail::numbers<T>{} : left;
        });
      }
    });
    x += s.inputs() * lanes;
    dx += s.inputs() * lanes;
    dy += s.outputs() * lanes;
  }
}

/// The gradient is shared equally by all largest inputs of each window; all others get 0.
/// @param dy  [block][output][lane]; @param dx  [block][input][lane].
template <class T>
void max_pool2d_backward_shared(const pool2d_shape& s, const T* x, const T* dy, T* dx, std::size_t blocks) {
  const detail::pool_gradient<T> gradient(s, dx, blocks);
  for (std::size_t block = 0; block < blocks; ++block) {
    for_each_window(s, [&](const pool2d_window& window) {
      for (std::size_t lane = 0; lane < lanes; lane += detail::short_vector<T>::width) {
        const detail::numbers<T> largest = detail::largest_in_window(s, window, x + lane);
        const detail::numbers<T> one = detail::numbers<T>{} + T{1};
        detail::numbers<T> count{};
        window.for_each_input(s, [&](std::size_t place) {
          count += detail::load(x + place + lane) == largest ? one : detail::numbers<T>{};
        });
        const detail::numbers<T> share = detail::load(dy + window.output + lane) / count;
        window.for_each_input(s, [&](std::size_t place) {
          const auto is_largest = detail::load(x + place + lane) == largest;
          const detail::numbers<T> own = is_largest ? share : detail::numbers<T>{};
          gradient.put(dx + place + lane, own);
        });
      }
    });
    x += s.inputs() * lanes;
    dx += s.inputs() * lanes;
    dy += s.outputs() * lanes;
  }
}

}  // namespace espalier::inline v0::kernels

#endif
