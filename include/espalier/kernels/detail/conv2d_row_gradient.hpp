// SPDX-License-Identifier: Apache-2.0
// The gradients of a convolution's kernel and bias, sample by sample, from the outputs that have a gradient at all.
#ifndef ESPALIER_KERNELS_DETAIL_CONV2D_ROW_GRADIENT_HPP
#define ESPALIER_KERNELS_DETAIL_CONV2D_ROW_GRADIENT_HPP

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

namespace espalier::inline v0::kernels::detail {

/// Finds, for a few samples and one filter, the outputs whose gradient is not 0: behind a pooling of the largest, at
/// most a quarter. The gradient of the kernel is then a sum of pieces of the image, which lie side by side along
/// (kernel x, channel): vectors need no sums over lanes, and squares of single samples cost nothing.
template <class T>
class live_outputs {
  static constexpr std::size_t width = short_vector<T>::width;
  using whole = typename short_vector<T>::whole;

 public:
  /// @param scratch  2 width numbers per output.
  live_outputs(const conv2d_shape& s, const conv2d_pass<T>& p, T* scratch)
      : dy_(p.dy),
        marks_(p.marks),
        filters_(s.filters),
        lines_(s.output_height() / 2),
        columns_(s.output_width() / 2),
        right_(static_cast<whole>(s.stride_across * s.channels)),
        down_(static_cast<whole>(s.stride_down * s.line())) {
    for (std::size_t i = 0; i < width; ++i) {
      lists_[i] = scratch + i * 2 * s.output_height() * s.output_width();
    }
  }

  /// @param sample  the first of a vector of samples.
  /// @return for each sample, the sum of the slopes.
  numbers<T> find(std::size_t sample, std::size_t filter) {
    // Copies: what is written through the lists' ends could, for all the compiler knows, be this object.
    const std::size_t columns = columns_;
    const std::size_t lines = lines_;
    const std::size_t step = filters_ * lanes;
    const whole right = right_;
    const whole down = down_;
    const std::size_t first = (sample / lanes * lines * columns * filters_ + filter) * lanes + sample % lanes;
    const T* dy = dy_ + first;
    const T* marks = marks_ + first;
    std::array<T*, width> ends = lists_;
    numbers<T> sum{};
    for (std::size_t line = 0; line < lines; ++line) {
      whole place = 2 * static_cast<whole>(line) * down;
      for (std::size_t column = 0; column < columns; ++column, dy += step, marks += step, place += 2 * right) {
        // As masks, without branches.
        const auto marked = load<wholes<T>>(marks);
        const wholes<T> in_right = (marked >> 1) | (marked >> 3);
        const wholes<T> below = (marked >> 2) | (marked >> 3);
        const numbers<T> slope = where_odd<T>(load(dy), marked | in_right | below);
        append(slope, (-(in_right & 1) & right) + (-(below & 1) & down) + place, ends);
        sum += slope;
      }
    }
    for (std::size_t i = 0; i < width; ++i) {
      counts_[i] = static_cast<std::size_t>(ends[i] - lists_[i]) / 2;
    }
    return sum;
  }

  /// @param i  which of the samples.
  /// @return the slopes, each followed by its place in the image.
  [[nodiscard]] const T* list(std::size_t i) const noexcept { return lists_[i]; }
  [[nodiscard]] std::size_t count(std::size_t i) const noexcept { return counts_[i]; }

 private:
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
  const T* marks_;
  std::size_t filters_;
  std::size_t lines_;  ///< of windows
  std::size_t columns_;
  whole right_;  ///< from an output of a window to the next, in numbers of the image
  whole down_;
  std::array<T*, width> lists_{};
  std::array<std::size_t, width> counts_{};
};

/// Takes a few samples out of their lanes, each with its border of zeros, which is there already.
template <class T>
void take_images(const conv2d_shape& s, const T* x, T* images) {
  constexpr std::size_t width = short_vector<T>::width;
  const std::size_t numbers = s.width * s.channels;
  for (std::size_t line = 0; line < s.height; ++line) {
    const std::size_t place = (line + s.pad_top) * s.line() + s.pad_left * s.channels;
    std::array<T*, width> to;
    for (std::size_t i = 0; i < width; ++i) {
      to[i] = images + i * s.image() + place;
    }
    lanes_to_rows<T>(x + line * numbers * lanes, numbers, to);
  }
}

/// Adds the pieces of one image to the gradient of one filter, some rows and vectors at a time.
template <class T>
void add_pieces(const conv2d_shape& s, rows_task<T> task) {
  const kernel_table<T>& kernels = table<T>();
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

/// Adds the gradients of the kernel and of the bias, or the squares of each sample's, behind a pooling of the largest.
template <gradient_kind Kind, class T>
void conv2d_gradient_by_rows(const conv2d_shape& s, const conv2d_pass<T>& p, const conv2d_gradient<T>& to) {
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
