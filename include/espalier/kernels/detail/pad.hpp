// SPDX-License-Identifier: Apache-2.0
// Blocks with zeros around them, for convolutions forward and backward.
#ifndef ESPALIER_KERNELS_DETAIL_PAD_HPP
#define ESPALIER_KERNELS_DETAIL_PAD_HPP

#include <algorithm>
#include <cstddef>

#include <espalier/kernels/conv2d_shape.hpp>
#include <espalier/kernels/detail/table.hpp>
#include <espalier/kernels/detail/tasks.hpp>
#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::kernels::detail {

/// One block with its border of zeros and its columns in the order of the shape; the block itself if it is so already.
template <class T>
[[nodiscard]] const T* pad_block(const conv2d_shape& s, const T* block, T* scratch) {
  if (!s.padded() && s.dilation_across == 1) {
    return block;
  }
  const std::size_t pixel = s.channels * lanes;
  const std::size_t padded_row = s.line() * lanes;
  if (s.dilation_across > 1) {
    std::fill_n(scratch, s.padded_height() * padded_row, T{0});
    for (std::size_t i = 0; i < s.height * s.width; ++i) {
      const std::size_t place = s.columns().place(s.pad_left + i % s.width);
      std::copy_n(block + i * pixel, pixel, scratch + (s.pad_top + i / s.width) * padded_row + place * pixel);
    }
    return scratch;
  }
  T* to = std::fill_n(scratch, s.pad_top * padded_row, T{0});
  for (std::size_t line = 0; line < s.height; ++line) {
    to = std::fill_n(to, s.pad_left * pixel, T{0});
    to = std::copy_n(block + line * s.width * pixel, s.width * pixel, to);
    to = std::fill_n(to, s.pad_right * pixel, T{0});
  }
  std::fill_n(to, s.pad_bottom * padded_row, T{0});
  return scratch;
}

/// Zeros wherever windows of 2 x 2 do not write.
template <class T>
void fill_around_windows(const conv2d_shape& s, T* to) {
  const std::size_t pixel = s.filters * lanes;
  const std::size_t row = s.gradient_width() * pixel;
  const std::size_t left = s.gradient_left() * pixel;
  const std::size_t covered = s.output_width() / 2 * 2 * pixel;
  for (std::size_t line = 0; line < s.output_height(); ++line, to += row) {
    const bool whole = line / 2 < s.output_height() / 2;
    std::fill_n(to, whole ? left : row, T{0});
    if (whole) {
      std::fill_n(to + left + covered, row - left - covered, T{0});
    }
  }
}

/// One line of windows, of some filters.
template <class T>
[[nodiscard]] spread_task<T> window_task(const conv2d_shape& s, const conv2d_pass<T>& p, std::size_t filter,
                                         std::size_t count) {
  spread_task<T> task;
  task.dy = p.dy + filter * lanes;
  task.marks = p.marks + filter * lanes;
  task.share = p.share();
  task.windows = s.output_width() / 2;
  task.window = s.filters * lanes;
  task.outputs = count;
  return task;
}

/// @param down  from one line of windows to the next, where their outputs go.
template <class T>
void spread_lines(spread_task<T> task, std::size_t lines, std::size_t down) {
  for (std::size_t line = 0; line < lines; ++line, task.to += down) {
    table<T>().spread(task);
    task.dy += task.windows * task.window;
    task.marks += task.windows * task.window;
  }
}

/// Writes the gradient of a block's output into p.scratch, as far apart as its strides and in the order of columns of
/// the shape, with zeros between and around.
template <class T>
void spread_gradient(const conv2d_shape& s, const conv2d_pass<T>& p, std::size_t block) {
  const std::size_t pixel = s.filters * lanes;
  const column_order columns = s.gradient_columns();
  const std::size_t row = columns.size() * pixel;
  const std::size_t left = s.gradient_left() * pixel;
  const std::size_t line_size = s.output_width() * pixel;
  const bool pooled = p.pool != pool_kind::none;
  if (!pooled && !s.scattered()) {
    const T* dy = p.dy + block * s.outputs() * lanes;
    for (std::size_t line = 0; line < s.output_height(); ++line) {
      T* to = std::fill_n(p.scratch + line * row, left, T{0});
      to = std::copy_n(dy + line * line_size, line_size, to);
      std::fill_n(to, row - left - line_size, T{0});
    }
    return;
  }
  if (s.scattered()) {
    std::fill_n(p.scratch, s.gradient_block(), T{0});
  } else {
    fill_around_windows(s, p.scratch);
  }
  const std::size_t step = pooled ? 2 : 1;
  const std::size_t across = s.output_width() / step;
  const std::size_t count = across * (s.output_height() / step);
  const std::size_t right = s.stride_across * pixel;
  const std::size_t down = s.stride_down * row;
  if (pooled) {
    spread_task<T> task = window_task(s, p, 0, s.filters);
    task.dy += block * count * pixel;
    task.marks += block * count * pixel;
    task.to = p.scratch + left;
    task.to_window = 2 * right;
    task.places = {0, right, down, down + right};
    spread_lines(task, s.output_height() / 2, 2 * down);
    return;
  }
  for (std::size_t output = 0; output < count; ++output) {
    const std::size_t column = s.gradient_left() + output % across * s.stride_across;
    T* to = p.scratch + output / across * down + columns.place(column) * pixel;
    std::copy_n(p.dy + (block * count + output) * pixel, pixel, to);
  }
}

}  // namespace espalier::inline v0::kernels::detail

#endif
