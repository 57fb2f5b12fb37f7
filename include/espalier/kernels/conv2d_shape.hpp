// SPDX-License-Identifier: Apache-2.0
// Sizes and arrays of a two-dimensional convolution on lane blocks.
#ifndef ESPALIER_KERNELS_CONV2D_SHAPE_HPP
#define ESPALIER_KERNELS_CONV2D_SHAPE_HPP

#include <algorithm>
#include <cstddef>
#include <numeric>

#include <espalier/kernels/detail/vector.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/kernels/live_weights.hpp>
#include <espalier/kernels/pool2d_shape.hpp>

namespace espalier::inline v0::kernels {

/// Columns of a line in an order in which those that a dilated kernel sees lie side by side: columns 0, d, 2 d, ...,
/// then 1, d + 1, ...; without dilation it is their own.
struct column_order {
  std::size_t dilation = 1;
  std::size_t in_each = 0;  ///< columns of one remainder; where there are fewer, some places are left

  /// @return the order of so many columns.
  [[nodiscard]] static constexpr column_order of(std::size_t columns, std::size_t dilation) noexcept {
    return {dilation, (columns + dilation - 1) / dilation};
  }
  [[nodiscard]] constexpr std::size_t size() const noexcept { return dilation * in_each; }
  [[nodiscard]] constexpr std::size_t place(std::size_t column) const noexcept {
    return column % dilation * in_each + column / dilation;
  }

  /// Outputs of a line whose windows lie equally far apart.
  struct run {
    std::size_t first = 0;  ///< output
    std::size_t step = 1;   ///< from one output to the next
    std::size_t count = 0;  ///< of outputs
    std::size_t place = 0;  ///< of the first window
    std::size_t apart = 1;  ///< places from one window to the next
  };
  /// Calls action(run) until all outputs had their turn.
  /// @param stride  columns from a window to the next.
  template <class Action>
  constexpr void for_each_run(std::size_t outputs, std::size_t stride, Action&& action) const {
    if (dilation == 1) {
      action(run{0, 1, outputs, 0, stride});
      return;
    }
    const std::size_t step = dilation / std::gcd(stride, dilation);
    for (std::size_t first = 0; first < (std::min)(step, outputs); ++first) {
      action(run{first, step, (outputs - first + step - 1) / step, place(first * stride), step * stride / dilation});
    }
  }
};

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
  std::size_t dilation_down = 1;  ///< from one input that a window sees to the next
  std::size_t dilation_across = 1;

  /// The largest share of weights with which it pays to skip the others, as measured with AVX-512.
  static constexpr double most_live = 0.85;

  /// How far a window reaches, with the gaps of a dilation.
  [[nodiscard]] constexpr std::size_t reach_down() const noexcept { return (kernel_height - 1) * dilation_down + 1; }
  [[nodiscard]] constexpr std::size_t reach_across() const noexcept { return (kernel_width - 1) * dilation_across + 1; }
  [[nodiscard]] constexpr std::size_t padded_height() const noexcept { return height + pad_top + pad_bottom; }
  [[nodiscard]] constexpr std::size_t padded_width() const noexcept { return width + pad_left + pad_right; }
  [[nodiscard]] constexpr std::size_t output_height() const noexcept {
    return (padded_height() - reach_down()) / stride_down + 1;
  }
  [[nodiscard]] constexpr std::size_t output_width() const noexcept {
    return (padded_width() - reach_across()) / stride_across + 1;
  }
  [[nodiscard]] constexpr std::size_t inputs() const noexcept { return height * width * channels; }
  [[nodiscard]] constexpr std::size_t outputs() const noexcept { return output_height() * output_width() * filters; }
  /// Windows of 2 x 2 in the output.
  [[nodiscard]] constexpr std::size_t windows() const noexcept { return output_height() / 2 * (output_width() / 2); }
  /// Windows, in a line of them and in a column, that reach an input.
  [[nodiscard]] constexpr std::size_t windows_down() const noexcept { return kernel_height / 2 + 1; }
  [[nodiscard]] constexpr std::size_t windows_across() const noexcept { return kernel_width / 2 + 1; }
  /// Slopes and places of all windows of a block.
  [[nodiscard]] constexpr std::size_t window_slopes() const noexcept { return windows() * filters * 2 * lanes; }
  /// Weights of the windows that reach four inputs, for each place.
  [[nodiscard]] constexpr std::size_t window_weights() const noexcept {
    return windows_down() * windows_across() * filters * channels * 16;
  }
  [[nodiscard]] constexpr bool padded() const noexcept { return pad_top + pad_left + pad_bottom + pad_right > 0; }
  /// How the columns of a padded line lie in memory.
  [[nodiscard]] constexpr column_order columns() const noexcept {
    return column_order::of(padded_width(), dilation_across);
  }
  /// Numbers of a padded line of one sample.
  [[nodiscard]] constexpr std::size_t line() const noexcept { return columns().size() * channels; }
  /// Inputs of one row of the kernel; they lie side by side in the padded input too.
  [[nodiscard]] constexpr std::size_t run() const noexcept { return kernel_width * channels; }
  [[nodiscard]] constexpr std::size_t weights() const noexcept { return kernel_height * run() * filters; }

  /// Whether the gradient of the output has gaps between columns or lines, or another order of columns.
  [[nodiscard]] constexpr bool scattered() const noexcept {
    return stride_down > 1 || stride_across > 1 || dilation_across > 1;
  }
  /// The gradient of the output, as far apart as its strides and so wide that every input finds the outputs that it
  /// feeds.
  [[nodiscard]] constexpr std::size_t gradient_height() const noexcept {
    return (output_height() - 1) * stride_down + 1;
  }
  [[nodiscard]] constexpr std::size_t gradient_width() const noexcept { return width + reach_across() - 1; }
  [[nodiscard]] constexpr std::size_t gradient_left() const noexcept { return reach_across() - 1 - pad_left; }
  [[nodiscard]] constexpr column_order gradient_columns() const noexcept {
    return column_order::of(gradient_width(), dilation_across);
  }
  /// From a line of it to that which the next row of the kernel sees.
  [[nodiscard]] constexpr std::size_t gradient_step() const noexcept {
    return dilation_down * gradient_columns().size() * filters * lanes;
  }
  [[nodiscard]] constexpr std::size_t gradient_block() const noexcept {
    return gradient_height() * gradient_columns().size() * filters * lanes;
  }
  /// One padded image, with room behind it for a vector that begins at its last number.
  [[nodiscard]] constexpr std::size_t image() const noexcept { return padded_height() * line() + 64; }
  /// A row of the kernel's gradient in whole vectors.
  [[nodiscard]] constexpr std::size_t sums_row() const noexcept { return (run() + 31) / 32 * 32; }

  /// Numbers of a padded block, if it is not the block itself.
  [[nodiscard]] constexpr std::size_t padded_block() const noexcept {
    return padded() || dilation_across > 1 ? padded_height() * line() * lanes : 0;
  }
  /// Numbers that 16 points of the output see.
  [[nodiscard]] constexpr std::size_t windows_of_points() const noexcept { return kernel_height * run() * lanes; }
  /// Whether rows of the kernel are so short that vectors along them would be half empty.
  [[nodiscard]] constexpr bool narrow() const noexcept { return run() <= 8; }
  /// Filters and lines of outputs whose gradients are summed lane by lane at a time, so that sums and slopes stay near.
  [[nodiscard]] constexpr std::size_t filters_at_once() const noexcept {
    return (std::min)(filters, (std::max)(std::size_t{4}, 4096 / (kernel_height * run())));
  }
  [[nodiscard]] constexpr std::size_t lines_at_once() const noexcept {
    return (std::max)(std::size_t{2}, 64 / output_width() / 2 * 2);
  }

  /// Numbers of scratch memory that a forward pass needs.
  [[nodiscard]] constexpr std::size_t forward_scratch() const noexcept {
    return (std::max)(padded_block(), padded_height() * line() + 4 * (windows_of_points() + filters * lanes));
  }
  /// Numbers of scratch memory that all passes need.
  [[nodiscard]] constexpr std::size_t scratch() const noexcept {
    const std::size_t places = 8 * output_height() * output_width();
    const std::size_t by_rows = 4 * image() + filters * (kernel_height * sums_row() + 4) + places;
    const std::size_t of_filter = kernel_height * run() + 1 + lines_at_once() * output_width();
    const std::size_t by_lanes = padded_block() + filters_at_once() * of_filter * lanes;
    const std::size_t by_windows = window_slopes() + window_weights();
    return (std::max)({forward_scratch(), by_lanes, gradient_block() + weights(), by_rows, by_windows});
  }
};

/// Arrays of one pass of a convolution.
template <class T>
struct conv2d_pass {
  const T* kernel = nullptr;  ///< (height, width, channels, filters), row-major
  const T* bias = nullptr;    ///< filters, or null
  const T* x = nullptr;       ///< [block][input][lane]
  const T* dy = nullptr;      ///< gradient of the output, or of the windows of a pooling
  std::size_t blocks = 0;
  T* scratch = nullptr;              ///< conv2d_shape::scratch() numbers; forward_scratch() if nothing goes back
  pool_kind pool = pool_kind::none;  ///< the pooling that is taken along
  T* marks = nullptr;   ///< of its windows: bit i says that output i, in row-major order, shares in the gradient; whole
                        ///< numbers of the size of T
  bool single = false;  ///< forward: only the first sample counts; the others become equal to it
  const live_weights<T>* live = nullptr;  ///< or null: no weight is skipped
  bool only_live = false;                 ///< whether only gradients of those that live are wanted

  /// What an output that is marked has of the gradient of its window.
  [[nodiscard]] constexpr T share() const noexcept { return pool == pool_kind::mean ? T{1} / 4 : T{1}; }
};

/// Where gradients are added.
template <class T>
struct conv2d_gradient {
  T* kernel = nullptr;
  T* bias = nullptr;
};

}  // namespace espalier::inline v0::kernels

#endif
