// SPDX-License-Identifier: Apache-2.0
// The gradient of a convolution's kernel, sample by sample, from the outputs that have a gradient at all.
#ifndef ESPALIER_KERNELS_DETAIL_CONV2D_GRADIENT_HPP
#define ESPALIER_KERNELS_DETAIL_CONV2D_GRADIENT_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <espalier/kernels/conv2d_shape.hpp>
#include <espalier/kernels/detail/table.hpp>
#include <espalier/kernels/detail/tasks.hpp>
#include <espalier/kernels/detail/vector.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::kernels::detail {

/// Finds, for a few samples and one filter, the outputs whose gradient is not 0: behind a rectifier about half of them
/// are, and behind a pooling at most a quarter. The gradient of the kernel is then a sum of pieces of the image, which
/// lie side by side along (kernel x, channel): vectors need no sums over lanes, and squares of single samples cost
/// nothing.
template <class T>
class live_outputs {
  static constexpr std::size_t width = short_vector<T>::width;
  using whole = typename short_vector<T>::whole;

 public:
  /// @param scratch  2 width numbers per output.
  live_outputs(const conv2d_shape& s, const conv2d_pass<T>& p, const T* winners, T* scratch)
      : dy_(p.dy), winners_(winners), filters_(s.filters), channels_(s.channels), order_(s.columns()) {
    const std::size_t step = winners == nullptr ? 1 : 2;
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
  void find(std::size_t sample, std::size_t filter) {
    const std::size_t places = lines_ * columns_ * filters_;
    const std::size_t first = (sample / lanes * places + filter) * lanes + sample % lanes;
    std::array<T*, width> ends = lists_;
    order_.for_each_run(columns_, column_stride_,
                        [&](const column_order::run& run) { ends = append(first, run, ends); });
    for (std::size_t i = 0; i < width; ++i) {
      counts_[i] = static_cast<std::size_t>(ends[i] - lists_[i]) / 2;
    }
  }

  /// @param i  which of the samples.
  /// @return the slopes, each followed by its place in the image.
  [[nodiscard]] const T* list(std::size_t i) const noexcept { return lists_[i]; }
  [[nodiscard]] std::size_t count(std::size_t i) const noexcept { return counts_[i]; }

 private:
  /// Writes the outputs of a run of columns behind the lists, line by line.
  /// @param first  place of the first output of the samples and the filter.   @return the new ends.
  [[nodiscard]] std::array<T*, width> append(std::size_t first, const column_order::run& run,
                                             std::array<T*, width> ends) const {
    // Copies: what is written through the lists' ends could, for all the compiler knows, be this object.
    const std::size_t pixel = filters_ * lanes;
    const std::size_t step = run.step * pixel;
    const std::size_t line_step = columns_ * pixel;
    const std::size_t lines = lines_;
    const whole place_step = static_cast<whole>(run.apart * channels_);
    const whole place_line_step = line_step_;
    const wholes<T> right = wholes<T>{} + right_;
    const wholes<T> down = wholes<T>{} + down_;
    const T* dy_line = dy_ + first + run.first * pixel;
    const T* winners_line = winners_ == nullptr ? nullptr : winners_ + first;
    whole place_line = static_cast<whole>(run.place * channels_);
    for (std::size_t line = 0; line < lines; ++line, dy_line += line_step, place_line += place_line_step) {
      const T* dy = dy_line;
      const T* winners = winners_line;
      whole place = place_line;
      for (std::size_t output = 0; output < run.count; ++output, dy += step, place += place_step) {
        wholes<T> places = wholes<T>{} + place;
        if (winners != nullptr) {
          // Bit 0 of a winner says right, bit 1 below: as masks, without branches.
          const auto winner = load<wholes<T>>(winners);
          winners += step;
          places += (-(winner & 1) & right) + (-((winner >> 1) & 1) & down);
        }
        append(load(dy), places, ends);
      }
      winners_line = winners_line == nullptr ? nullptr : winners_line + line_step;
    }
    return ends;
  }

  /// Writes an output of all samples behind the lists; those without a gradient are written over by the next.
  static void append(const numbers<T>& slope, const wholes<T>& places, std::array<T*, width>& ends) {
    const auto place = reinterpret_cast<numbers<T>>(places);
    const wholes<T> steps = (slope != T{0}) & 2;
    if constexpr (width == 4) {
      typedef double pair __attribute__((vector_size(16)));  // NOLINT(modernize-use-using): an alias drops the size
      const auto low = reinterpret_cast<pair>(__builtin_shufflevector(slope, place, 0, 4, 1, 5));
      const auto high = reinterpret_cast<pair>(__builtin_shufflevector(slope, place, 2, 6, 3, 7));
      const double pairs[4] = {low[0], low[1], high[0], high[1]};
#pragma GCC unroll 4
      for (std::size_t i = 0; i < width; ++i) {
        std::memcpy(ends[i], &pairs[i], sizeof(pairs[i]));
      }
    } else {
      store(ends[0], __builtin_shufflevector(slope, place, 0, 2));
      store(ends[1], __builtin_shufflevector(slope, place, 1, 3));
    }
#pragma GCC unroll 4
    for (std::size_t i = 0; i < width; ++i) {
      ends[i] += static_cast<std::make_unsigned_t<whole>>(steps[i]);
    }
  }

  const T* dy_;
  const T* winners_;
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

/// Adds the gradient of the kernel, or the squares of each sample's.
template <gradient_kind Kind, class T>
void conv2d_kernel_gradient(const conv2d_shape& s, const conv2d_pass<T>& p, const T* winners, T* d_kernel) {
  constexpr std::size_t width = short_vector<T>::width;
  T* images = p.scratch;
  T* sums = images + width * s.image();
  const std::size_t filter_sums = s.kernel_height * s.sums_row();
  live_outputs<T> live(s, p, winners, sums + s.filters * filter_sums);
  std::fill_n(p.scratch, width * s.image() + s.filters * filter_sums, T{0});
  rows_task<T> task;
  task.x_row = s.dilation_down * s.line();
  task.sums_row = s.sums_row();
  task.squared = Kind == gradient_kind::squared;
  task.narrow = s.run() <= 8;
  for (std::size_t sample = 0; sample < p.blocks * lanes; sample += width) {
    take_images(s, p.x + sample / lanes * s.inputs() * lanes + sample % lanes, images);
    for (std::size_t filter = 0; filter < s.filters; ++filter) {
      live.find(sample, filter);
      for (std::size_t i = 0; i < width; ++i) {
        task.x = images + i * s.image();
        task.pieces = live.list(i);
        task.count = live.count(i);
        task.sums = sums + filter * filter_sums;
        add_pieces(s, task);
      }
    }
  }
  for (std::size_t row = 0; row < s.kernel_height; ++row) {
    for (std::size_t q = 0; q < s.run(); ++q) {
      for (std::size_t filter = 0; filter < s.filters; ++filter) {
        d_kernel[(row * s.run() + q) * s.filters + filter] += sums[filter * filter_sums + row * s.sums_row() + q];
      }
    }
  }
}

}  // namespace espalier::inline v0::kernels::detail

#endif
