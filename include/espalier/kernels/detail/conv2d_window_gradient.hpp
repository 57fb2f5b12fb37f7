// SPDX-License-Identifier: Apache-2.0
// The gradient of a convolution's input behind a pooling of the largest, from windows.
#ifndef ESPALIER_KERNELS_DETAIL_CONV2D_WINDOW_GRADIENT_HPP
#define ESPALIER_KERNELS_DETAIL_CONV2D_WINDOW_GRADIENT_HPP

#include <algorithm>
#include <cstddef>

#include <espalier/kernels/conv2d_shape.hpp>
#include <espalier/kernels/detail/table.hpp>
#include <espalier/kernels/detail/tasks.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/kernels/pool2d_shape.hpp>

namespace espalier::inline v0::kernels::detail {

/// Of the four outputs of a window one has a gradient, another one in each lane. So a window is multiplied once for
/// each input that it reaches, by that of four weights which its lane chooses, where the outputs would be multiplied
/// one by one: about a quarter of the multiplications.
template <class T>
class window_gradient {
 public:
  /// @return whether this way is open: the instruction set can choose, and windows lie side by side.
  [[nodiscard]] static bool fits(const conv2d_shape& s, const conv2d_pass<T>& p) noexcept {
    return p.pool == pool_kind::largest && !s.scattered() && s.dilation_down == 1 &&
           window_products<T>().pack_slopes != nullptr;
  }

  window_gradient(const conv2d_shape& s, const conv2d_pass<T>& p)
      : s_(s), p_(p), slopes_(p.scratch), weights_(p.scratch + s.window_slopes()), table_(window_products<T>()) {
    pack_weights();
  }

  /// @param dx  [input][lane], of that block.
  void run(std::size_t block, T* dx) const {
    const std::size_t count = s_.windows() * s_.filters * lanes;
    table_.pack_slopes(p_.dy + block * count, p_.marks + block * count, count, slopes_);
    const T* weights = weights_;
    for_each_part(s_.channels, table_.products.size(), [&](std::size_t begin, std::size_t size) {
      for (std::size_t line = s_.pad_top / 2; 2 * line < s_.pad_top + s_.height; ++line) {
        for (std::size_t column = s_.pad_left / 2; 2 * column < s_.pad_left + s_.width; ++column) {
          windows_task<T> task = task_of(line, column, weights, size);
          for (std::size_t point = 0; point < 4; ++point) {
            // What lies in the padding wraps around to a large number.
            const std::size_t y = 2 * line + point / 2 - s_.pad_top;
            const std::size_t x = 2 * column + point % 2 - s_.pad_left;
            task.y[point] =
                y < s_.height && x < s_.width ? dx + ((y * s_.width + x) * s_.channels + begin) * lanes : nullptr;
          }
          table_.products[size - 1](task);
        }
      }
      weights += size * s_.window_weights() / s_.channels;
    });
  }

 private:
  /// Of the windows along one axis that could reach two points, those that are there.
  struct span_of_windows {
    std::size_t skipped = 0;  ///< not there, before them
    std::size_t first = 0;
    std::size_t count = 0;
  };
  /// @param place  of the points in the padded input, counted in twos.   @param reaching  how many could.
  /// @param there  how many windows there are along the axis.
  [[nodiscard]] static span_of_windows windows_near(std::size_t place, std::size_t reaching, std::size_t there) {
    const std::size_t end = place + 1;
    const std::size_t skipped = reaching - (std::min)(reaching, end);
    const std::size_t first = end + skipped - reaching;
    return {skipped, first, (std::max)((std::min)(there, end), first) - first};
  }

  [[nodiscard]] windows_task<T> task_of(std::size_t line, std::size_t column, const T* weights,
                                        std::size_t size) const {
    const std::size_t columns = s_.output_width() / 2;
    const span_of_windows down = windows_near(line, s_.windows_down(), s_.output_height() / 2);
    const span_of_windows across = windows_near(column, s_.windows_across(), columns);
    const std::size_t slopes_of_window = s_.filters * 2 * lanes;
    const std::size_t weights_of_window = s_.filters * 16 * size;
    windows_task<T> task;
    task.slopes_row = columns * slopes_of_window;
    task.slopes = slopes_ + down.first * task.slopes_row + across.first * slopes_of_window;
    task.rows = down.count;
    task.windows = across.count * s_.filters;
    task.weights_row = s_.windows_across() * weights_of_window;
    task.weights = weights + down.skipped * task.weights_row + across.skipped * weights_of_window;
    return task;
  }

  /// [part of the channels][window down][window across][filter][point][channel of the part][place]; 0 where the kernel
  /// does not reach.
  void pack_weights() const {
    T* to = weights_;
    for_each_part(s_.channels, table_.products.size(), [&](std::size_t begin, std::size_t size) {
      for (std::size_t down = s_.windows_down(); down-- > 0;) {
        for (std::size_t across = s_.windows_across(); across-- > 0; to += 16 * size * s_.filters) {
          for (std::size_t i = 0; i < 16; ++i) {
            const std::size_t point = i / 4;
            const std::size_t place = i % 4;
            const std::size_t y = 2 * down + point / 2 - place / 2;  // wraps around above the kernel
            const std::size_t x = 2 * across + point % 2 - place % 2;
            const bool reached = y < s_.kernel_height && x < s_.kernel_width;
            const std::size_t weight = reached ? (y * s_.kernel_width + x) * s_.channels + begin : 0;
            pack_place(p_.kernel + weight * s_.filters, reached, size, to + point * size * 4 + place);
          }
        }
      }
    });
  }

  /// Those of one point and place.
  void pack_place(const T* kernel, bool reached, std::size_t channels, T* to) const {
    for (std::size_t channel = 0; channel < channels; ++channel) {
      for (std::size_t filter = 0; filter < s_.filters; ++filter) {
        to[(filter * 4 * channels + channel) * 4] = reached ? kernel[channel * s_.filters + filter] : T{0};
      }
    }
  }

  const conv2d_shape& s_;
  const conv2d_pass<T>& p_;
  T* slopes_;
  T* weights_;
  const windows_table<T>& table_;
};

}  // namespace espalier::inline v0::kernels::detail

#endif
