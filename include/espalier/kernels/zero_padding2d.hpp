// SPDX-License-Identifier: Apache-2.0
// Zeros around images, on lane blocks.
#ifndef ESPALIER_KERNELS_ZERO_PADDING2D_HPP
#define ESPALIER_KERNELS_ZERO_PADDING2D_HPP

#include <algorithm>
#include <cstddef>

#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::kernels {

/// Sizes of a padding.
struct zero_padding2d_shape {
  std::size_t height = 0;  ///< of the input
  std::size_t width = 0;
  std::size_t channels = 0;
  std::size_t top = 0;  ///< lines and columns of zeros
  std::size_t left = 0;
  std::size_t bottom = 0;
  std::size_t right = 0;

  [[nodiscard]] constexpr std::size_t output_height() const noexcept { return height + top + bottom; }
  [[nodiscard]] constexpr std::size_t output_width() const noexcept { return width + left + right; }
  /// @return where a line of a block's input stands in its output, in numbers.
  [[nodiscard]] constexpr std::size_t place(std::size_t line) const noexcept {
    return ((line + top) * output_width() + left) * channels * lanes;
  }
};

/// y = x with zeros around it.
/// @param s  sizes; @param x  [block][input][lane]; @param y  [block][output][lane]; @param blocks  how many.
template <class T>
void zero_padding2d_forward(const zero_padding2d_shape& s, const T* x, T* y, std::size_t blocks) {
  const std::size_t line_size = s.width * s.channels * lanes;
  const std::size_t outputs = s.output_height() * s.output_width() * s.channels * lanes;
  std::fill_n(y, blocks * outputs, T{0});
  for (std::size_t block = 0; block < blocks; ++block, y += outputs) {
    for (std::size_t line = 0; line < s.height; ++line, x += line_size) {
      std::copy_n(x, line_size, y + s.place(line));
    }
  }
}

/// The gradient of the zeros is dropped.
/// @param dy  [block][output][lane]; @param dx  [block][input][lane].
template <class T>
void zero_padding2d_backward(const zero_padding2d_shape& s, const T* dy, T* dx, std::size_t blocks) {
  const std::size_t line_size = s.width * s.channels * lanes;
  const std::size_t outputs = s.output_height() * s.output_width() * s.channels * lanes;
  for (std::size_t block = 0; block < blocks; ++block, dy += outputs) {
    for (std::size_t line = 0; line < s.height; ++line, dx += line_size) {
      std::copy_n(dy + s.place(line), line_size, dx);
    }
  }
}

}  // namespace espalier::inline v0::kernels

#endif
