// SPDX-License-Identifier: Apache-2.0
// Sizes and arrays of a two-dimensional convolution on lane blocks.
#ifndef ESPALIER_KERNELS_CONV2D_SHAPE_HPP
#define ESPALIER_KERNELS_CONV2D_SHAPE_HPP

#include <algorithm>
#include <cstddef>

#include <espalier/kernels/detail/vector.hpp>
#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::kernels {

/// Sizes of a convolution.
struct conv2d_shape {
  std::size_t height = 0;  ///< of the input
  std::size_t width = 0;
  std::size_t channels = 0;
  std::size_t kernel_height = 0;
  std::size_t kernel_width = 0;
  std::size_t filters = 0;
  std::size_t pad_top = 0;  ///< zeros around the input
  std::size_t pad_left = 0;
  std::size_t pad_bottom = 0;
  std::size_t pad_right = 0;
  std::size_t stride_down = 1;  ///< from one output to the next, in inputs
  std::size_t stride_across = 1;

  [[nodiscard]] constexpr std::size_t padded_height() const noexcept { return height + pad_top + pad_bottom; }
  [[nodiscard]] constexpr std::size_t padded_width() const noexcept { return width + pad_left + pad_right; }
  [[nodiscard]] constexpr std::size_t output_height() const noexcept {
    return (padded_height() - kernel_height) / stride_down + 1;
  }
  [[nodiscard]] constexpr std::size_t output_width() const noexcept {
    return (padded_width() - kernel_width) / stride_across + 1;
  }
  [[nodiscard]] constexpr std::size_t inputs() const noexcept { return height * width * channels; }
  [[nodiscard]] constexpr std::size_t outputs() const noexcept { return output_height() * output_width() * filters; }
  /// Windows of 2 x 2 in the output.
  [[nodiscard]] constexpr std::size_t windows() const noexcept { return output_height() / 2 * (output_width() / 2); }
  [[nodiscard]] constexpr bool padded() const noexcept { return pad_top + pad_left + pad_bottom + pad_right > 0; }
  /// Inputs of one row of the kernel; they lie side by side in the input too.
  [[nodiscard]] constexpr std::size_t run() const noexcept { return kernel_width * channels; }
  [[nodiscard]] constexpr std::size_t weights() const noexcept { return kernel_height * run() * filters; }

  /// Outputs beside which a gradient needs zeros: those that a stride leaves out.
  [[nodiscard]] constexpr bool strided() const noexcept { return stride_down > 1 || stride_across > 1; }
  /// The gradient of the output, as far apart as its strides and so wide that every input finds the outputs that it
  /// feeds.
  [[nodiscard]] constexpr std::size_t gradient_height() const noexcept {
    return (output_height() - 1) * stride_down + 1;
  }
  [[nodiscard]] constexpr std::size_t gradient_width() const noexcept { return width + kernel_width - 1; }
  [[nodiscard]] constexpr std::size_t gradient_left() const noexcept { return kernel_width - 1 - pad_left; }
  [[nodiscard]] constexpr std::size_t gradient_block() const noexcept {
    return gradient_height() * gradient_width() * filters * lanes;
  }
  /// One padded image, with room behind it for a vector that begins at its last number.
  [[nodiscard]] constexpr std::size_t image() const noexcept {
    return padded_height() * padded_width() * channels + 64;
  }
  /// A row of the kernel's gradient in whole vectors.
  [[nodiscard]] constexpr std::size_t sums_row() const noexcept { return (run() + 31) / 32 * 32; }

  /// Numbers of scratch memory that the passes need.
  [[nodiscard]] constexpr std::size_t scratch() const noexcept {
    const std::size_t places = 8 * output_height() * output_width();
    return (std::max)({padded_height() * padded_width() * channels * lanes, gradient_block() + weights(),
                       4 * image() + filters * kernel_height * sums_row() + places});
  }
};

/// Arrays of one pass of a convolution.
template <class T>
struct conv2d_pass {
  const T* kernel = nullptr;  ///< (height, width, channels, filters), row-major
  const T* bias = nullptr;    ///< filters, or null
  const T* x = nullptr;       ///< [block][input][lane]
  const T* dy = nullptr;      ///< gradient of the output
  std::size_t blocks = 0;
  T* scratch = nullptr;  ///< conv2d_shape::scratch() numbers
};

/// Where gradients are added.
template <class T>
struct conv2d_gradient {
  T* kernel = nullptr;
  T* bias = nullptr;
};

}  // namespace espalier::inline v0::kernels

#endif
