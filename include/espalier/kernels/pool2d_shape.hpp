// SPDX-License-Identifier: Apache-2.0
// Sizes of a pooling, and which inputs its windows hold.
#ifndef ESPALIER_KERNELS_POOL2D_SHAPE_HPP
#define ESPALIER_KERNELS_POOL2D_SHAPE_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::kernels {

/// What a pooling of 2 x 2 makes of the four, where a convolution and a rectifier take it along.
enum class pool_kind : std::uint8_t {
  none,     ///< there is no pooling
  largest,  ///< the largest of them
  mean      ///< their mean
};

/// Windows along one axis of an image.
struct pool_axis {
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  std::size_t window = 1;
  std::size_t step = 1;    ///< from one window to the next
  std::size_t before = 0;  ///< by how much the first window begins before the image

  /// @return the first input of a window that lies in the image.
  [[nodiscard]] constexpr std::size_t begin(std::size_t output) const noexcept {
    return output * step > before ? output * step - before : 0;
  }
  /// @return one past the last.
  [[nodiscard]] constexpr std::size_t end(std::size_t output) const noexcept {
    return (std::min)(inputs, output * step + window - before);
  }

  /// @return whether two windows hold the same input.
  [[nodiscard]] constexpr bool overlap() const noexcept { return step < window && outputs > 1; }
  /// @return whether every input lies in a window.
  [[nodiscard]] constexpr bool covered() const noexcept {
    return outputs > 0 && step <= window && end(outputs - 1) == inputs;
  }

  /// Windows that lie in the image; what is left over is left out.
  [[nodiscard]] static constexpr pool_axis valid(std::size_t inputs, std::size_t window, std::size_t step) noexcept {
    return {inputs, inputs < window ? 0 : (inputs - window) / step + 1, window, step, 0};
  }
  /// One window per step; they reach over both ends of the image, over the far one by one more.
  [[nodiscard]] static constexpr pool_axis same(std::size_t inputs, std::size_t window, std::size_t step) noexcept {
    const std::size_t outputs = (inputs + step - 1) / step;
    const std::size_t covered = (outputs - 1) * step + window;
    return {inputs, outputs, window, step, covered > inputs ? (covered - inputs) / 2 : 0};
  }
};

/// Sizes of a pooling.
struct pool2d_shape {
  pool_axis lines;
  pool_axis columns;
  std::size_t channels = 0;

  [[nodiscard]] constexpr std::size_t inputs() const noexcept { return lines.inputs * columns.inputs * channels; }
  [[nodiscard]] constexpr std::size_t outputs() const noexcept { return lines.outputs * columns.outputs * channels; }
  [[nodiscard]] constexpr bool overlap() const noexcept { return lines.overlap() || columns.overlap(); }
  [[nodiscard]] constexpr bool covered() const noexcept { return lines.covered() && columns.covered(); }
  /// Whether it makes one of each 2 x 2, as conv2d_relu_pool_forward does.
  [[nodiscard]] constexpr bool takes_fours() const noexcept { return takes_twos(lines) && takes_twos(columns); }

 private:
  [[nodiscard]] static constexpr bool takes_twos(const pool_axis& axis) noexcept {
    return axis.window == 2 && axis.step == 2 && axis.outputs == axis.inputs / 2;
  }
};

/// One window: the inputs of one channel in [top, bottom) x [left, right).
struct pool2d_window {
  std::size_t top = 0;
  std::size_t bottom = 0;
  std::size_t left = 0;
  std::size_t right = 0;
  std::size_t channel = 0;
  std::size_t output = 0;  ///< where its lanes begin in a block

  /// Calls action(where the lanes of an input begin in a block) for each input, in row-major order.
  template <class Action>
  void for_each_input(const pool2d_shape& s, Action&& action) const {
    for (std::size_t y = top; y < bottom; ++y) {
      for (std::size_t x = left; x < right; ++x) {
        action(((y * s.columns.inputs + x) * s.channels + channel) * lanes);
      }
    }
  }
};

/// Calls action(window) for every output of a block, in order.
template <class Action>
void for_each_window(const pool2d_shape& s, Action&& action) {
  std::size_t output = 0;
  for (std::size_t y = 0; y < s.lines.outputs; ++y) {
    for (std::size_t x = 0; x < s.columns.outputs; ++x) {
      for (std::size_t c = 0; c < s.channels; ++c, output += lanes) {
        action(pool2d_window{s.lines.begin(y), s.lines.end(y), s.columns.begin(x), s.columns.end(x), c, output});
      }
    }
  }
}

}  // namespace espalier::inline v0::kernels

#endif
