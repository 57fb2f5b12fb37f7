// SPDX-License-Identifier: Apache-2.0
// Largest number in each window of an image, on lane blocks.
#ifndef ESPALIER_KERNELS_MAX_POOL2D_HPP
#define ESPALIER_KERNELS_MAX_POOL2D_HPP

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::kernels {

/// Sizes of a pooling whose windows touch and do not overlap; what does not fill a window is left out.
struct pool2d_shape {
  std::size_t height = 0;  ///< of the input
  std::size_t width = 0;
  std::size_t channels = 0;
  std::size_t pool_height = 1;
  std::size_t pool_width = 1;

  [[nodiscard]] constexpr std::size_t output_height() const noexcept { return height / pool_height; }
  [[nodiscard]] constexpr std::size_t output_width() const noexcept { return width / pool_width; }
  [[nodiscard]] constexpr std::size_t inputs() const noexcept { return height * width * channels; }
  [[nodiscard]] constexpr std::size_t outputs() const noexcept { return output_height() * output_width() * channels; }
};

namespace detail {

/// Calls action(offset of the output's lanes, offset of the window's first input) for every output of a block.
template <class Action>
void for_each_window(const pool2d_shape& s, Action&& action) {
  for (std::size_t oy = 0; oy < s.output_height(); ++oy) {
    for (std::size_t ox = 0; ox < s.output_width(); ++ox) {
      for (std::size_t c = 0; c < s.channels; ++c) {
        const std::size_t to = (oy * s.output_width() + ox) * s.channels + c;
        const std::size_t from = (oy * s.pool_height * s.width + ox * s.pool_width) * s.channels + c;
        action(to * lanes, from * lanes);
      }
    }
  }
}

/// Calls action(offset from the window's first input) for each place of a window, row by row.
template <class Action>
void for_each_place(const pool2d_shape& s, Action&& action) {
  for (std::size_t py = 0; py < s.pool_height; ++py) {
    for (std::size_t px = 0; px < s.pool_width; ++px) {
      action((py * s.width + px) * s.channels * lanes);
    }
  }
}

/// The largest numbers of a window, one per sample; something that is not a number stays, so that it is found.
template <class T>
[[nodiscard]] std::array<T, lanes> largest_in_window(const pool2d_shape& s, const T* window) {
  std::array<T, lanes> largest;
  std::copy_n(window, lanes, largest.data());
  for_each_place(s, [&](std::size_t place) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const bool stays = window[place + lane] <= largest[lane] || std::isnan(largest[lane]);
      largest[lane] = stays ? largest[lane] : window[place + lane];
    }
  });
  return largest;
}

}  // namespace detail

/// y = the largest x of each window.
/// @param s  sizes; @param x  [block][input][lane]; @param y  [block][output][lane]; @param blocks  how many.
template <class T>
void max_pool2d_forward(const pool2d_shape& s, const T* x, T* y, std::size_t blocks) {
  for (std::size_t block = 0; block < blocks; ++block, x += s.inputs() * lanes, y += s.outputs() * lanes) {
    detail::for_each_window(s, [&](std::size_t to, std::size_t from) {
      const std::array<T, lanes> largest = detail::largest_in_window(s, x + from);
      std::copy_n(largest.data(), lanes, y + to);
    });
  }
}

/// The gradient goes to the first largest input of each window, in row-major order; all others get 0.
/// @param dy  [block][output][lane]; @param dx  [block][input][lane].
template <class T>
void max_pool2d_backward(const pool2d_shape& s, const T* x, const T* dy, T* dx, std::size_t blocks) {
  std::fill_n(dx, blocks * s.inputs() * lanes, T{0});
  for (std::size_t block = 0; block < blocks; ++block) {
    detail::for_each_window(s, [&](std::size_t to, std::size_t from) {
      const std::array<T, lanes> largest = detail::largest_in_window(s, x + from);
      std::array<T, lanes> left;
      std::copy_n(dy + to, lanes, left.data());
      detail::for_each_place(s, [&](std::size_t place) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
          const bool is_largest = x[from + place + lane] == largest[lane];
          dx[from + place + lane] = is_largest ? left[lane] : T{0};
          left[lane] = is_largest ? T{0} : left[lane];
        }
      });
    });
    x += s.inputs() * lanes;
    dx += s.inputs() * lanes;
    dy += s.outputs() * lanes;
  }
}

}  // namespace espalier::inline v0::kernels

#endif
