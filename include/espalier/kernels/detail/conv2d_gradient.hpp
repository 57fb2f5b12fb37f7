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

 public:
  /// @param scratch  2 width numbers per output.
  live_outputs(const conv2d_shape& s, const conv2d_pass<T>& p, const T* winners, T* scratch)
      : shape_(s), dy_(p.dy), winners_(winners), lists_(scratch) {}

  /// @param sample  the first of a vector of samples.
  void find(std::size_t sample, std::size_t filter) {
    const std::size_t step = winners_ == nullptr ? 1 : 2;
    const std::size_t lines = shape_.output_height() / step;
    const std::size_t columns = shape_.output_width() / step;
    std::size_t at = (sample / lanes * lines * columns * shape_.filters + filter) * lanes + sample % lanes;
    counts_ = {};
    for (std::size_t line = 0; line < lines; ++line) {
      std::size_t place = line * step * shape_.stride_down * shape_.padded_width() * shape_.channels;
      for (std::size_t column = 0; column < columns; ++column) {
        append(at, place);
        at += shape_.filters * lanes;
        place += step * shape_.stride_across * shape_.channels;
      }
    }
  }

  /// @param i  which of the samples.
  /// @return the slopes, each followed by its place in the image.
  [[nodiscard]] const T* list(std::size_t i) const noexcept {
    return lists_ + i * 2 * shape_.output_height() * shape_.output_width();
  }
  [[nodiscard]] std::size_t count(std::size_t i) const noexcept { return counts_[i]; }

 private:
  using whole = typename short_vector<T>::whole;

  /// Writes an output of all samples behind the lists; those without a gradient are written over.
  void append(std::size_t at, std::size_t place) {
    const numbers<T> slope = load(dy_ + at);
    wholes<T> places = wholes<T>{} + static_cast<whole>(place);
    if (winners_ != nullptr) {
      // Bit 0 of a winner says right, bit 1 below: as masks, without branches.
      const auto winner = load<wholes<T>>(winners_ + at);
      places += -(winner & 1) & static_cast<whole>(shape_.stride_across * shape_.channels);
      places += -((winner >> 1) & 1) & static_cast<whole>(shape_.stride_down * shape_.padded_width() * shape_.channels);
    }
    for (std::size_t i = 0; i < width; ++i) {
      T* to = lists_ + i * 2 * shape_.output_height() * shape_.output_width() + 2 * counts_[i];
      const T own_slope = slope[i];
      const whole own_place = places[i];
      std::memcpy(to, &own_slope, sizeof(T));
      std::memcpy(to + 1, &own_place, sizeof(T));
      counts_[i] += own_slope != T{0} ? 1U : 0U;
    }
  }

  const conv2d_shape& shape_;
  const T* dy_;
  const T* winners_;
  T* lists_;
  std::array<std::size_t, width> counts_{};
};

/// Takes a few samples out of their lanes, each with its border of zeros, which is there already.
template <class T>
void take_images(const conv2d_shape& s, const T* x, T* images) {
  constexpr std::size_t width = short_vector<T>::width;
  const std::size_t row = s.width * s.channels;
  for (std::size_t line = 0; line < s.height; ++line) {
    std::array<T*, width> to;
    for (std::size_t i = 0; i < width; ++i) {
      to[i] = images + i * s.image() + ((line + s.pad_top) * s.padded_width() + s.pad_left) * s.channels;
    }
    lanes_to_rows<T>(x + line * row * lanes, row, to);
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
  task.x_row = s.padded_width() * s.channels;
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
