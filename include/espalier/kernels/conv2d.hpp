// SPDX-License-Identifier: Apache-2.0
// Two-dimensional convolution on lane blocks: forward, gradient of the input, gradient of kernel and bias.
#ifndef ESPALIER_KERNELS_CONV2D_HPP
#define ESPALIER_KERNELS_CONV2D_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <espalier/base/compiled_once.hpp>
#include <espalier/kernels/conv2d_shape.hpp>
#include <espalier/kernels/detail/conv2d_lane_gradient.hpp>
#include <espalier/kernels/detail/conv2d_row_gradient.hpp>
#include <espalier/kernels/detail/conv2d_single.hpp>
#include <espalier/kernels/detail/conv2d_window_gradient.hpp>
#include <espalier/kernels/detail/pad.hpp>
#include <espalier/kernels/detail/table.hpp>
#include <espalier/kernels/detail/tasks.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/kernels/live_weights.hpp>
#include <espalier/kernels/pool2d_shape.hpp>

namespace espalier::inline v0::kernels {

namespace detail {

/// The points of one line of an output, four at a time. The last tile may overlap the one before.
template <class T>
void run_line(product_task<T> task, std::size_t width, std::size_t outputs) {
  const std::size_t points = width >= 4 ? 4 : 1;
  task.x_line = 2 * task.x_column;
  task.y_line = 2 * task.y_column;
  task.x_tile = points * task.x_column;
  task.y_tile = points * task.y_column;
  task.tiles = width / points;
  run_product(task, points, outputs);
  if (width % points != 0) {
    task.x += (width - points) * task.x_column;
    task.y += (width - points) * task.y_column;
    task.tiles = 1;
    run_product(task, points, outputs);
  }
}

/// A forward convolution of one padded block, but for where it begins and ends.
template <class T>
[[nodiscard]] product_task<T> forward_task(const conv2d_shape& s, const conv2d_pass<T>& p) {
  product_task<T> task;
  task.x_column = s.stride_across * s.channels * lanes;
  task.x_row = s.dilation_down * s.line() * lanes;
  task.rows = s.kernel_height;
  task.run = s.run();
  task.weights = p.kernel;
  task.weight_input = s.filters;
  task.weight_output = 1;
  task.weight_row = s.run() * s.filters;
  task.bias = p.bias;
  task.y_column = s.filters * lanes;
  if (p.live != nullptr && s.output_width() >= 4) {
    task.list = listed<T>::rows_of(p.live->loops(), p.live->forward(), 0, s.kernel_height, 0);
  }
  return task;
}

/// [ky][kx][c][f] -> [last - ky][last - kx][f][c].
template <class T>
void turn_kernel(const conv2d_shape& s, const T* kernel, T* turned) {
  const std::size_t places = s.kernel_height * s.kernel_width;
  for (std::size_t place = 0; place < places; ++place) {
    T* to = turned + (places - 1 - place) * s.channels * s.filters;
    for (std::size_t c = 0; c < s.channels; ++c) {
      for (std::size_t f = 0; f < s.filters; ++f) {
        to[f * s.channels + c] = kernel[(place * s.channels + c) * s.filters + f];
      }
    }
  }
}

}  // namespace detail

/// @param mask  one entry per weight: 0 for those that passes are to skip.
/// @return the others.   Complexity: O(weights).
template <class T>
[[nodiscard]] live_weights<T> conv2d_live_weights(const conv2d_shape& s, std::span<const std::uint8_t> mask) {
  const std::size_t row = s.dilation_down * s.line();
  live_list forward = live_list::of(
      mask, s.filters, s.kernel_height, s.run(),
      [&](std::size_t filter, std::size_t y, std::size_t input) { return (y * s.run() + input) * s.filters + filter; },
      [&](std::size_t y, std::size_t input) { return (y * row + input) * lanes; });
  live_list backward = live_list::of(
      mask, s.channels, s.kernel_height, s.kernel_width * s.filters,
      [&](std::size_t channel, std::size_t y, std::size_t slope) {
        const std::size_t place = (s.kernel_height - y) * s.kernel_width - 1 - slope / s.filters;
        return (place * s.channels + channel) * s.filters + slope % s.filters;
      },
      [&](std::size_t y, std::size_t slope) { return y * s.gradient_step() + slope * lanes; });
  return {mask, std::move(forward), std::move(backward), &detail::listed_products<T>};
}

/// y = x convolved with the kernel, + bias; or max(that, 0).
/// @param relu  whether negative outputs become 0; what is not a number stays so.
/// @param y     [block][output][lane].
template <class T>
void conv2d_forward(const conv2d_shape& s, const conv2d_pass<T>& p, bool relu, T* y) {
  detail::product_task<T> task = detail::forward_task(s, p);
  task.finish = relu ? detail::finish::relu : detail::finish::store;
  if (p.single) {
    detail::single_conv2d(s, p).run(task.finish, y);
    return;
  }
  const column_order columns = s.columns();
  const std::size_t down = s.stride_down * s.line() * lanes;
  for (std::size_t block = 0; block < p.blocks; ++block) {
    const T* padded = detail::pad_block(s, p.x + block * s.inputs() * lanes, p.scratch);
    for (std::size_t line = 0; line < s.output_height(); ++line) {
      columns.for_each_run(s.output_width(), s.stride_across, [&](const column_order::run& run) {
        task.x = padded + line * down + run.place * s.channels * lanes;
        task.x_column = run.apart * s.channels * lanes;
        task.y = y + (block * s.outputs() + (line * s.output_width() + run.first) * s.filters) * lanes;
        task.y_column = run.step * s.filters * lanes;
        detail::run_line(task, run.count, s.filters);
      });
    }
  }
}

/// y = what p.pool makes of each 2 x 2 window of max(x convolved with the kernel, + bias, 0). The output of the
/// convolution is nowhere written. Writes p.marks too, as y: of those that are positive, the largest (the first in a
/// tie), or all; unless it is null.
/// @param s  without dilation across.
/// @param y  [block][window][filter][lane]; windows that reach beyond the output are left out.
template <class T>
void conv2d_relu_pool_forward(const conv2d_shape& s, const conv2d_pass<T>& p, T* y) {
  detail::product_task<T> task = detail::forward_task(s, p);
  task.finish = p.pool == pool_kind::mean ? detail::finish::relu_average_pool : detail::finish::relu_max_pool;
  if (p.single && p.marks == nullptr) {
    detail::single_conv2d(s, p).run_pool(task.finish, y);
    return;
  }
  task.x_line = s.stride_down * s.line() * lanes;
  task.x_tile = 2 * task.x_column;
  task.y_tile = task.y_column;
  task.tiles = s.output_width() / 2;
  for (std::size_t block = 0; block < p.blocks; ++block) {
    const T* padded = detail::pad_block(s, p.x + block * s.inputs() * lanes, p.scratch);
    for (std::size_t line = 0; line < s.output_height() / 2; ++line) {
      const std::size_t to = (block * s.windows() + line * task.tiles) * s.filters * lanes;
      task.x = padded + 2 * line * task.x_line;
      task.y = y + to;
      task.marks = p.marks == nullptr ? nullptr : p.marks + to;
      detail::run_product(task, 4, s.filters);
    }
  }
}

/// The gradient of the input: a convolution of that of the output with the kernel turned around. Zeros beside the
/// output are written, lines above and below it are skipped.
/// @param p   p.dy is [block][output][lane], or with a pooling as y of conv2d_relu_pool_forward.
/// @param dx  [block][input][lane].
template <class T>
void conv2d_backward_input(const conv2d_shape& s, const conv2d_pass<T>& p, T* dx) {
  if (detail::window_gradient<T>::fits(s, p)) {
    const detail::window_gradient<T> windows(s, p);
    for (std::size_t block = 0; block < p.blocks; ++block) {
      windows.run(block, dx + block * s.inputs() * lanes);
    }
    return;
  }
  T* turned = p.scratch + s.gradient_block();
  const bool skips = p.live != nullptr && s.width >= 4;
  if (!skips) {
    detail::turn_kernel(s, p.kernel, turned);
  }
  const std::size_t above = s.reach_down() - 1 - s.pad_top;
  const column_order columns = s.gradient_columns();
  const std::size_t row = columns.size() * s.filters * lanes;
  detail::product_task<T> task;
  task.x_column = s.filters * lanes;
  task.x_row = s.gradient_step();
  task.run = s.kernel_width * s.filters;
  task.weight_input = s.channels;
  task.weight_output = 1;
  task.weight_row = task.run * s.channels;
  const auto steps = [&](std::size_t lines) { return (lines + s.dilation_down - 1) / s.dilation_down; };
  for (std::size_t block = 0; block < p.blocks; ++block) {
    detail::spread_gradient(s, p, block);
    for (std::size_t line = 0; line < s.height; ++line) {
      const std::size_t first = steps(above > line ? above - line : 0);
      const std::size_t last = (std::min)(s.kernel_height, steps((std::max)(s.gradient_height() + above, line) - line));
      // A line at the far end that no window reached has no rows: its gradient is 0.
      task.rows = (std::max)(last, first) - first;
      const T* x = p.scratch + (task.rows == 0 ? 0 : line + first * s.dilation_down - above) * row;
      task.weights = turned + first * task.weight_row;
      if (skips) {
        task.weights = p.kernel;
        task.list =
            detail::listed<T>::rows_of(p.live->loops(), p.live->backward(), first, first + task.rows, task.x_row);
      }
      columns.for_each_run(s.width, 1, [&](const column_order::run& run) {
        task.x = x + run.place * s.filters * lanes;
        task.y = dx + (block * s.inputs() + (line * s.width + run.first) * s.channels) * lanes;
        task.y_column = run.step * s.channels * lanes;
        detail::run_line(task, run.count, s.channels);
      });
    }
  }
}

/// Adds the gradients of kernel and bias, summed over samples; or, for Kind squared, the squares of each sample's.
/// @param p   as in conv2d_backward_input.
/// @param to  kernel: (height, width, channels, filters); bias: filters numbers, not touched without a bias.
template <gradient_kind Kind, class T>
void conv2d_backward_parameters(const conv2d_shape& s, conv2d_pass<T> p, const conv2d_gradient<T>& to) {
  p.only_live = p.only_live && p.live != nullptr && Kind == gradient_kind::plain;
  const conv2d_gradient<T> wanted{to.kernel, p.bias == nullptr ? nullptr : to.bias};
  // Where most outputs have no gradient, it pays to leave them out.
  if (p.pool == pool_kind::largest && !s.narrow()) {
    detail::conv2d_gradient_by_rows<Kind>(s, p, wanted);
  } else {
    detail::conv2d_gradient_by_lanes<Kind>(s, p, wanted);
  }
}

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE live_weights<float> conv2d_live_weights(const conv2d_shape& s,
                                                               std::span<const std::uint8_t> mask);
ESPALIER_COMPILED_ONCE live_weights<double> conv2d_live_weights(const conv2d_shape& s,
                                                                std::span<const std::uint8_t> mask);
ESPALIER_COMPILED_ONCE void conv2d_forward(const conv2d_shape& s, const conv2d_pass<float>& p, bool relu, float* y);
ESPALIER_COMPILED_ONCE void conv2d_forward(const conv2d_shape& s, const conv2d_pass<double>& p, bool relu, double* y);
ESPALIER_COMPILED_ONCE void conv2d_relu_pool_forward(const conv2d_shape& s, const conv2d_pass<float>& p, float* y);
ESPALIER_COMPILED_ONCE void conv2d_relu_pool_forward(const conv2d_shape& s, const conv2d_pass<double>& p, double* y);
ESPALIER_COMPILED_ONCE void conv2d_backward_input(const conv2d_shape& s, const conv2d_pass<float>& p, float* dx);
ESPALIER_COMPILED_ONCE void conv2d_backward_input(const conv2d_shape& s, const conv2d_pass<double>& p, double* dx);
ESPALIER_COMPILED_ONCE void conv2d_backward_parameters<gradient_kind::plain>(const conv2d_shape& s,
                                                                             conv2d_pass<float> p,
                                                                             const conv2d_gradient<float>& to);
ESPALIER_COMPILED_ONCE void conv2d_backward_parameters<gradient_kind::plain>(const conv2d_shape& s,
                                                                             conv2d_pass<double> p,
                                                                             const conv2d_gradient<double>& to);
ESPALIER_COMPILED_ONCE void conv2d_backward_parameters<gradient_kind::squared>(const conv2d_shape& s,
                                                                               conv2d_pass<float> p,
                                                                               const conv2d_gradient<float>& to);
ESPALIER_COMPILED_ONCE void conv2d_backward_parameters<gradient_kind::squared>(const conv2d_shape& s,
                                                                               conv2d_pass<double> p,
                                                                               const conv2d_gradient<double>& to);
#endif

}  // namespace espalier::inline v0::kernels

#endif
