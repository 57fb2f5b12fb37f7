// SPDX-License-Identifier: Apache-2.0
// The gradients of a convolution's kernel and bias, lane by lane, from all outputs.
#ifndef ESPALIER_KERNELS_DETAIL_CONV2D_LANE_GRADIENT_HPP
#define ESPALIER_KERNELS_DETAIL_CONV2D_LANE_GRADIENT_HPP

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>

#include <espalier/base/view_of.hpp>
#include <espalier/kernels/conv2d_shape.hpp>
#include <espalier/kernels/detail/pad.hpp>
#include <espalier/kernels/detail/table.hpp>
#include <espalier/kernels/detail/tasks.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/kernels/live_weights.hpp>
#include <espalier/kernels/pool2d_shape.hpp>

namespace espalier::inline v0::kernels::detail {

/// Sums the gradients of some filters, one sum for each lane: vectors are full whatever the kernel is like, but outputs
/// without a gradient cost as much as others.
template <class T>
class lane_sums {
 public:
  /// @param begin  the first filter.   @param count  how many, at most filters_at_once.
  lane_sums(const conv2d_shape& s, const conv2d_pass<T>& p, std::size_t begin, std::size_t count)
      : s_(s), p_(p), begin_(begin), count_(count), sums_(p.scratch + s.padded_block()) {
    clear();
    // What no window of a pooling reaches stays so.
    std::fill_n(spread(), pooled() ? s.lines_at_once() * s.output_width() * count * lanes : 0, T{0});
  }

  void add_block(std::size_t block) {
    const T* padded = pad_block(s_, p_.x + block * s_.inputs() * lanes, p_.scratch);
    const std::size_t height = pooled() ? s_.output_height() / 2 * 2 : s_.output_height();
    for (std::size_t line = 0; line < height; line += s_.lines_at_once()) {
      lanes_task<T> task;
      task.x = padded + line * s_.stride_down * s_.line() * lanes;
      task.x_line = s_.stride_down * s_.line() * lanes;
      task.lines = (std::min)(s_.lines_at_once(), height - line);
      task.sums = sums_;
      task.sums_input = count_ * lanes;
      if (pooled()) {
        spread_lines_of(block, line, task.lines);
      }
      const std::size_t filters = pooled() ? count_ : s_.filters;
      task.slopes =
          pooled() ? spread() : p_.dy + (block * s_.outputs() + line * s_.output_width() * filters + begin_) * lanes;
      task.slopes_point = filters * lanes;
      task.slopes_line = s_.output_width() * filters * lanes;
      add_lines(task);
    }
  }

  /// Adds the lanes, or their squares, to the gradients, and clears them.
  template <gradient_kind Kind>
  void add_to(const conv2d_gradient<T>& to) {
    if (p_.only_live) {
      const T* sums = sums_;
      for (const live_weight& live : live_of(begin_, count_)) {
        to.kernel[live.weight] += sum_of_lanes<Kind>(sums);
        sums += lanes;
      }
    }
    for (std::size_t input = 0; !p_.only_live && input < inputs(); ++input) {
      add_lanes<Kind>(sums_ + input * count_ * lanes, to.kernel + input * s_.filters + begin_);
    }
    if (to.bias != nullptr) {
      add_lanes<Kind>(sums_ + inputs() * count_ * lanes, to.bias + begin_);
    }
    clear();
  }

 private:
  [[nodiscard]] bool pooled() const noexcept { return p_.pool != pool_kind::none; }
  [[nodiscard]] std::size_t inputs() const noexcept { return s_.kernel_height * s_.run(); }
  /// The weights of some filters that are not skipped; their sums lie one behind the other.
  [[nodiscard]] std::span<const live_weight> live_of(std::size_t filter, std::size_t count) const {
    const live_list& list = p_.live->forward();
    const std::size_t first = list.starts[filter * list.rows];
    return view_of(list.live).subspan(first, list.starts[(filter + count) * list.rows] - first);
  }

  void clear() const {
    T* biases = sums_ + inputs() * count_ * lanes;
    std::fill(sums_, p_.only_live ? sums_ + live_of(begin_, count_).size() * lanes : biases, T{0});
    std::fill(biases, spread(), T{0});
  }

  /// Behind the sums: gradients of outputs, where those of windows are given.
  [[nodiscard]] T* spread() const noexcept { return sums_ + (inputs() + 1) * count_ * lanes; }

  /// The gradients of some lines of outputs, two for each line of windows.
  void spread_lines_of(std::size_t block, std::size_t line, std::size_t count) const {
    const std::size_t pixel = count_ * lanes;
    const std::size_t down = s_.output_width() * pixel;
    spread_task<T> task = window_task(s_, p_, begin_, count_);
    const std::size_t from = (block * s_.windows() + line / 2 * task.windows) * task.window;
    task.dy += from;
    task.marks += from;
    task.to = spread();
    task.to_window = 2 * pixel;
    task.places = {0, pixel, down, down + pixel};
    spread_lines(task, count / 2, 2 * down);
  }

  /// @param task  a task for all columns, but for where they are.
  void add_lines(lanes_task<T> task) const {
    const lanes_task<T> all = task;
    s_.columns().for_each_run(s_.output_width(), s_.stride_across, [&](const column_order::run& run) {
      task.x = all.x + run.place * s_.channels * lanes;
      task.x_point = run.apart * s_.channels * lanes;
      task.slopes = all.slopes + run.first * all.slopes_point;
      task.slopes_point = run.step * all.slopes_point;
      task.points = run.count;
      if (p_.only_live) {
        add_listed(task);
      } else {
        add_points(task, s_.kernel_height, s_.run());
      }
    });
    // The bias is the weight of an input that is always 1.
    T ones[lanes];
    std::fill_n(ones, lanes, T{1});
    task = all;
    task.x = ones;
    task.x_line = 0;
    task.points = s_.output_width();
    task.sums += inputs() * count_ * lanes;
    add_points(task, 1, 1);
  }

  /// Adds the points of a task for weights that are not skipped, some of one filter at a time.
  void add_listed(const lanes_task<T>& all) const {
    const auto& kernels = p_.live->loops().lanes;
    listed_lanes_task<T> part{all};
    for (std::size_t filter = 0; filter < count_; ++filter, part.slopes += lanes) {
      const auto live = live_of(begin_ + filter, 1);
      for (std::size_t first = 0; first < live.size(); first += part.weights) {
        part.live = live.data() + first;
        part.weights = (std::min)(live.size() - first, std::size_t{8});
        kernels[part.weights > 4 ? 1 : 0](part);
        part.sums += part.weights * lanes;
      }
    }
  }

  /// Adds the points of a task for some rows of inputs and all filters, a tile of them at a time: what a tile sees of
  /// the image stays near for all filters.
  void add_points(const lanes_task<T>& all, std::size_t rows, std::size_t run) const {
    const auto& kernels = table<T>().in_lanes;
    lanes_task<T> part = all;
    for (std::size_t row = 0; row < rows; ++row) {
      part.x = all.x + row * s_.dilation_down * s_.line() * lanes;
      for (std::size_t left = run, inputs = 0; left > 0; left -= inputs) {
        inputs = left >= 5 ? 5 : (left >= 3 ? 3 : 1);
        for_each_part(count_, most_outputs(kernels[0]), [&](std::size_t begin, std::size_t size) {
          lanes_task<T> tile = part;
          tile.slopes += begin * lanes;
          tile.sums += begin * lanes;
          kernels[inputs / 2][size - 1](tile);
        });
        part.x += inputs * lanes;
        part.sums += inputs * part.sums_input;
      }
    }
  }

  /// Adds the lanes of one sum per filter, or their squares.
  template <gradient_kind Kind>
  void add_lanes(const T* sums, T* to) const {
    for (std::size_t filter = 0; filter < count_; ++filter, sums += lanes) {
      to[filter] += sum_of_lanes<Kind>(sums);
    }
  }
  template <gradient_kind Kind>
  [[nodiscard]] static T sum_of_lanes(const T* sums) {
    T total[lanes];
    std::transform(sums, sums + lanes, total, [](T sum) { return Kind == gradient_kind::squared ? sum * sum : sum; });
    for (std::size_t size = lanes / 2; size > 0; size /= 2) {
      std::transform(total, total + size, total + size, total, std::plus<>());
    }
    return total[0];
  }

  const conv2d_shape& s_;
  const conv2d_pass<T>& p_;
  std::size_t begin_;
  std::size_t count_;
  T* sums_;
};

/// Adds the gradients of the kernel and of the bias, or the squares of each sample's.
template <gradient_kind Kind, class T>
void conv2d_gradient_by_lanes(const conv2d_shape& s, const conv2d_pass<T>& p, const conv2d_gradient<T>& to) {
  for_each_part(s.filters, s.filters_at_once(), [&](std::size_t begin, std::size_t count) {
    lane_sums<T> sums(s, p, begin, count);
    for (std::size_t block = 0; block < p.blocks; ++block) {
      sums.add_block(block);
      if (Kind == gradient_kind::squared || block + 1 == p.blocks) {
        sums.template add_to<Kind>(to);
      }
    }
  });
}

}  // namespace espalier::inline v0::kernels::detail

#endif
