// SPDX-License-Identifier: Apache-2.0
// The gradients of a convolution's kernel and bias, sample by sample, from the outputs that have a gradient at all.
#ifndef ESPALIER_KERNELS_DETAIL_CONV2D_GRADIENT_HPP
#define ESPALIER_KERNELS_DETAIL_CONV2D_GRADIENT_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <type_traits>

#include <espalier/kernels/conv2d_shape.hpp>
#include <espalier/kernels/detail/table.hpp>
#include <espalier/kernels/detail/tasks.hpp>
#include <espalier/kernels/detail/vector.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/kernels/pool2d_shape.hpp>

namespace espalier::inline v0::kernels::detail {

/// Finds, for a few samples and one filter, the outputs whose gradient is not 0: behind a rectifier about half of them
/// are, and behind a pooling of the largest at most a quarter. The gradient of the kernel is then a sum of pieces of
/// the image, which lie side by side along (kernel x, channel): vectors need no sums over lanes, and squares of single
/// samples cost nothing.
template <class T>
class live_outputs {
  static constexpr std::size_t width = short_vector<T>::width;
  using whole = typename short_vector<T>::whole;

 public:
  /// @param scratch  2 width numbers per output.
  live_outputs(const conv2d_shape& s, const conv2d_pass<T>& p, T* scratch)
      : pass_(p), filters_(s.filters), channels_(s.channels), order_(s.columns()) {
    const std::size_t step = p.pool == pool_kind::none ? 1 : 2;
    lines_ = s.output_height() / step;
    columns_ = s.output_width() / step;
    column_stride_ = step * s.stride_across;
    right_ = static_cast<whole>(s.stride_across * s.channels);
    down_ = static_cast<whole>(s.stride_down * s.line());
    line_step_ = static_cast<whole>(step) * down_;
    for (std::size_t i = 0; i < width; ++i) {
      lists_[i] = scratch + i * 2 * s.output_height() * s.output_width();
    }
  }

  /// @param sample  the first of a vector of samples.
  /// @return for each sample, the sum of the slopes.
  numbers<T> find(std::size_t sample, std::size_t filter) {
    const std::size_t places = lines_ * columns_ * filters_;
    const std::size_t first = (sample / lanes * places + filter) * lanes + sample % lanes;
    found all{lists_, {}};
    order_.for_each_run(columns_, column_stride_, [&](const column_order::run& run) {
      if (pass_.pool == pool_kind::none) {
        append<pool_kind::none>(first, run, all);
      } else if (pass_.pool == pool_kind::largest) {
        append<pool_kind::largest>(first, run, all);
      } else {
        append<pool_kind::mean>(first, run, all);
      }
    });
    for (std::size_t i = 0; i < width; ++i) {
      counts_[i] = static_cast<std::size_t>(all.ends[i] - lists_[i]) / 2;
    }
    return all.sum;
  }

  /// @param i  which of the samples.
  /// @return the slopes, each followed by its place in the image.
  [[nodiscard]] const T* list(std::size_t i) const noexcept { return lists_[i]; }
  [[nodiscard]] std::size_t count(std::size_t i) const noexcept { return counts_[i]; }

 private:
  /// Where the next output is written, and the sum of all slopes so far.
  struct found {
    std::array<T*, width> ends;
    numbers<T> sum;
  };

  /// Writes the outputs of a run of columns behind the lists, line by line.
  /// @param first  place of the first output, or window, of the samples and the filter.
  template <pool_kind Pool>
  void append(std::size_t first, const column_order::run& run, found& all) const {
    // Copies: what is written through the lists' ends could, for all the compiler knows, be this object.
    found now = all;
    const std::size_t step = run.step * filters_ * lanes;
    const std::size_t line_step = columns_ * filters_ * lanes;
    const std::size_t lines = lines_;
    const whole place_step = static_cast<whole>(run.apart * channels_);
    const whole place_line_step = line_step_;
    const whole right = right_;
    const whole down = down_;
    const T share = pass_.share();
    const T* dy_line = pass_.dy + first + run.first * filters_ * lanes;
    const T* marks_line = Pool == pool_kind::none ? nullptr : pass_.marks + first;
    whole place_line = static_cast<whole>(run.place * channels_);
    for (std::size_t line = 0; line < lines; ++line, dy_line += line_step, place_line += place_line_step) {
      for (whole half = 0; half < (Pool == pool_kind::mean ? 2 : 1); ++half) {
        const T* dy = dy_line;
        const T* marks = marks_line;
        whole place = place_line + half * down;
        for (std::size_t output = 0; output < run.count; ++output, dy += step, place += place_step) {
          if constexpr (Pool == pool_kind::none) {
            append(load(dy), wholes<T>{} + place, now);
          } else {
            const wholes<T> marked = load<wholes<T>>(marks) >> (2 * half);
            marks += step;
            append_window<Pool>(load(dy) * share, marked, wholes<T>{} + place, {right, down}, now);
          }
        }
      }
      marks_line = Pool == pool_kind::none ? nullptr : marks_line + line_step;
    }
    all = now;
  }

  /// From an output of a window to the next, in numbers of the image.
  struct steps {
    whole right;
    whole down;
  };

  /// Writes the one output of a window that is marked, or one line of those of a mean: as masks, without branches.
  template <pool_kind Pool>
  static void append_window(const numbers<T>& slope, const wholes<T>& marks, const wholes<T>& places, const steps& to,
                            found& all) {
    if constexpr (Pool == pool_kind::largest) {
      const wholes<T> in_right = (marks >> 1) | (marks >> 3);
      const wholes<T> below = (marks >> 2) | (marks >> 3);
      append(where_odd<T>(slope, marks | in_right | below),
             places + (-(in_right & 1) & to.right) + (-(below & 1) & to.down), all);
    } else {
      append(where_odd<T>(slope, marks), places, all);
      append(where_odd<T>(slope, marks >> 1), places + to.right, all);
    }
  }

  /// Writes an output of all samples behind the lists; those without a gradient are written over by the next.
  static void append(const numbers<T>& slope, const wholes<T>& places, found& all) {
    const auto place = reinterpret_cast<numbers<T>>(places);
    const wholes<T> steps = (slope != T{0}) & 2;
    all.sum += slope;
    if constexpr (width == 4) {
      typedef double pair __attribute__((vector_size(16)));  // NOLINT(modernize-use-using): an alias drops the size
      const auto low = reinterpret_cast<pair>(__builtin_shufflevector(slope, place, 0, 4, 1, 5));
      const auto high = reinterpret_cast<pair>(__builtin_shufflevector(slope, place, 2, 6, 3, 7));
      const double pairs[4] = {low[0], low[1], high[0], high[1]};
#pragma GCC unroll 4
      for (std::size_t i = 0; i < width; ++i) {
        std::memcpy(all.ends[i], &pairs[i], sizeof(pairs[i]));
      }
    } else {
      store(all.ends[0], __builtin_shufflevector(slope, place, 0, 2));
      store(all.ends[1], __builtin_shufflevector(slope, place, 1, 3));
    }
#pragma GCC unroll 4
    for (std::size_t i = 0; i < width; ++i) {
      all.ends[i] += static_cast<std::make_unsigned_t<whole>>(steps[i]);
    }
  }

  conv2d_pass<T> pass_;
  std::size_t filters_;
  std::size_t channels_;
  column_order order_;
  std::size_t lines_ = 0;
  std::size_t columns_ = 0;
  std::size_t column_stride_ = 0;  ///< from an output or window to the next, in columns of the image
  whole right_ = 0;                ///< from an output of a window to the next, in numbers of the image
  whole down_ = 0;
  whole line_step_ = 0;  ///< from a line of outputs or windows to the next
  std::array<T*, width> lists_{};
  std::array<std::size_t, width> counts_{};
};

/// Takes a few samples out of their lanes, each with its border of zeros, which is there already.
template <class T>
void take_images(const conv2d_shape& s, const T* x, T* images) {
  constexpr std::size_t width = short_vector<T>::width;
  const bool one_by_one = s.dilation_across > 1;
  const std::size_t parts = one_by_one ? s.width : 1;
  const std::size_t numbers = s.width * s.channels / parts;
  for (std::size_t line = 0; line < s.height; ++line) {
    for (std::size_t column = 0; column < parts; ++column) {
      const std::size_t place = (line + s.pad_top) * s.line() + s.columns().place(s.pad_left + column) * s.channels;
      std::array<T*, width> to;
      for (std::size_t i = 0; i < width; ++i) {
        to[i] = images + i * s.image() + place;
      }
      lanes_to_rows<T>(x + (line * parts + column) * numbers * lanes, numbers, to);
    }
  }
}

/// Adds the pieces of one image to the gradient of one filter, some rows and vectors at a time.
template <class T>
void add_pieces(const conv2d_shape& s, rows_task<T> task) {
  const kernel_table<T>& kernels = table_for_runs<T>(s.run());
  const T* x = task.x;
  T* sums = task.sums;
  for (std::size_t row = 0, rows = 0; row < s.kernel_height; row += rows) {
    const std::size_t left = s.kernel_height - row;
    rows = left >= 5 ? 5 : (left >= 3 ? 3 : 1);
    for (std::size_t q = 0, size = 0; q < s.run(); q += size) {
      const std::size_t vectors = q + kernels.width < s.run() ? 2 : 1;
      size = vectors * kernels.width;
      task.x = x + row * task.x_row + q;
      task.sums = sums + row * task.sums_row + q;
      kernels.rows[rows / 2][vectors - 1](task);
    }
  }
}

/// Adds what was summed filter by filter to the gradients.
/// @param biases  a vector of sums for each filter.
template <class T>
void add_parameter_sums(const conv2d_shape& s, const T* sums, const T* biases, const conv2d_gradient<T>& to) {
  constexpr std::size_t width = short_vector<T>::width;
  const std::size_t filter_sums = s.kernel_height * s.sums_row();
  for (std::size_t row = 0; row < s.kernel_height; ++row) {
    for (std::size_t q = 0; q < s.run(); ++q) {
      for (std::size_t filter = 0; filter < s.filters; ++filter) {
        to.kernel[(row * s.run() + q) * s.filters + filter] += sums[filter * filter_sums + row * s.sums_row() + q];
      }
    }
  }
  for (std::size_t filter = 0; to.bias != nullptr && filter < s.filters; ++filter) {
    to.bias[filter] += std::accumulate(biases + filter * width, biases + (filter + 1) * width, T{0});
  }
}

/// Adds the gradients of the kernel and of the bias, or the squares of each sample's.
template <gradient_kind Kind, class T>
void conv2d_parameter_gradient(const conv2d_shape& s, const conv2d_pass<T>& p, const conv2d_gradient<T>& to) {
  constexpr std::size_t width = short_vector<T>::width;
  constexpr bool squared = Kind == gradient_kind::squared;
  T* images = p.scratch;
  T* sums = images + width * s.image();
  const std::size_t filter_sums = s.kernel_height * s.sums_row();
  T* biases = sums + s.filters * filter_sums;
  live_outputs<T> live(s, p, biases + s.filters * width);
  std::fill(p.scratch, biases + s.filters * width, T{0});
  rows_task<T> task;
  task.x_row = s.dilation_down * s.line();
  task.sums_row = s.sums_row();
  task.squared = squared;
  task.narrow = s.run() <= 8;
  for (std::size_t sample = 0; sample < p.blocks * lanes; sample += width) {
    take_images(s, p.x + sample / lanes * s.inputs() * lanes + sample % lanes, images);
    for (std::size_t filter = 0; filter < s.filters; ++filter) {
      const numbers<T> slopes = live.find(sample, filter);
      store(biases + filter * width, load(biases + filter * width) + (squared ? slopes * slopes : slopes));
      for (std::size_t i = 0; i < width; ++i) {
        task.x = images + i * s.image();
        task.pieces = live.list(i);
        task.count = live.count(i);
        task.sums = sums + filter * filter_sums;
        add_pieces(s, task);
      }
    }
  }
  add_parameter_sums(s, sums, biases, to);
}

}  // namespace espalier::inline v0::kernels::detail

#endif
