// SPDX-License-Identifier: Apache-2.0
// What convolutions have in common: where their windows lie.
#ifndef ESPALIER_NN_DETAIL_CONVOLUTION_WINDOWS_HPP
#define ESPALIER_NN_DETAIL_CONVOLUTION_WINDOWS_HPP

#include <array>
#include <cstddef>
#include <string>
#include <tuple>
#include <utility>

#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/kernels/conv2d_shape.hpp>
#include <espalier/nn/padding.hpp>

namespace espalier::inline v0::nn::detail {

/// Kernel, strides, dilation and borders down and across; sequences have one line.
struct convolution_windows {
  std::array<std::size_t, 2> kernel;
  std::array<std::size_t, 2> strides;
  std::array<std::size_t, 2> dilation;
  nn::padding padding = nn::padding::valid;
  bool causal = false;  ///< zeros before only

  /// @param layer  which kind.
  /// @throws argument_error if something is 0.
  void expect_positive(const std::string& layer) const {
    const std::pair<const char*, const std::array<std::size_t, 2>*> all[] = {
        {"kernel", &kernel}, {"stride", &strides}, {"dilation", &dilation}};
    for (const auto& [what, sizes] : all) {
      if ((*sizes)[0] == 0 || (*sizes)[1] == 0) {
        reject<argument_error>("nn::" + layer, {"a ", what, " of 0"}, {"1 or more"});
      }
    }
  }

  /// How far a window reaches along an axis, with its gaps.
  [[nodiscard]] std::size_t reach(std::size_t axis) const noexcept { return (kernel[axis] - 1) * dilation[axis] + 1; }
  /// Whether a window lies in an image, or may reach over its border.
  [[nodiscard]] bool fit(std::size_t height, std::size_t width) const noexcept {
    return causal || padding == padding::same || (height >= reach(0) && width >= reach(1));
  }
  /// What an image must be no smaller than, for messages.
  [[nodiscard]] std::string kernel_text(const std::string& sizes) const {
    const bool dilated = dilation[0] > 1 || dilation[1] > 1;
    return "no smaller than the kernel" + std::string(dilated ? " with its gaps " : " ") + sizes;
  }

  /// @param image  (height, width, channels).
  [[nodiscard]] kernels::conv2d_shape shape(const extents& image, std::size_t filters) const {
    kernels::conv2d_shape s{image[0], image[1], image[2], kernel[0], kernel[1], filters};
    std::tie(s.stride_down, s.stride_across) = std::tie(strides[0], strides[1]);
    std::tie(s.dilation_down, s.dilation_across) = std::tie(dilation[0], dilation[1]);
    std::tie(s.pad_top, s.pad_bottom) = border(image, 0);
    std::tie(s.pad_left, s.pad_right) = border(image, 1);
    return s;
  }

 private:
  /// Zeros before and behind along an axis.
  [[nodiscard]] std::pair<std::size_t, std::size_t> border(const extents& image, std::size_t axis) const noexcept {
    if (causal) {
      return {reach(axis) - 1, 0};
    }
    const std::size_t covered = (image[axis] - 1) / strides[axis] * strides[axis] + reach(axis);
    const std::size_t zeros = padding == padding::same && covered > image[axis] ? covered - image[axis] : 0;
    return {zeros / 2, zeros - zeros / 2};
  }
};

}  // namespace espalier::inline v0::nn::detail

#endif
