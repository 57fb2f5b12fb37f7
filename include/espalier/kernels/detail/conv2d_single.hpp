// SPDX-License-Identifier: Apache-2.0
// Convolutions of a single sample, forward: points of the output take the place of samples in the lanes.
#ifndef ESPALIER_KERNELS_DETAIL_CONV2D_SINGLE_HPP
#define ESPALIER_KERNELS_DETAIL_CONV2D_SINGLE_HPP

#include <algorithm>
#include <array>
#include <cstddef>

#include <espalier/kernels/conv2d_shape.hpp>
#include <espalier/kernels/detail/table.hpp>
#include <espalier/kernels/detail/tasks.hpp>
#include <espalier/kernels/detail/vector.hpp>
#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::kernels::detail {

/// The image alone, with its border of zeros and its columns in the order of the shape.
/// @param x  [input][lane].
template <class T>
void take_image(const conv2d_shape& s, const T* x, T* image) {
  if (s.padded() || s.dilation_across > 1) {
    std::fill_n(image, s.padded_height() * s.line(), T{0});
  }
  const column_order columns = s.columns();
  for (std::size_t line = 0; line < s.height; ++line) {
    T* to = image + (s.pad_top + line) * s.line();
    for (std::size_t column = 0; column < s.width; ++column) {
      T* pixel = to + columns.place(s.pad_left + column) * s.channels;
      for (std::size_t channel = 0; channel < s.channels; ++channel, x += lanes) {
        pixel[channel] = *x;
      }
    }
  }
}

/// Where the windows of 16 points begin in the image.
using window_places = std::array<std::size_t, lanes>;

/// @param to  [input of the window][point].
template <class T>
void gather_windows(const conv2d_shape& s, const T* image, const window_places& places, T* to) {
  constexpr std::size_t width = short_vector<T>::width;
  for (std::size_t row = 0; row < s.kernel_height; ++row, to += s.run() * lanes) {
    const T* line = image + row * s.dilation_down * s.line();
    for (std::size_t point = 0; point < lanes; point += width) {
      std::array<const T*, width> from;
      for (std::size_t i = 0; i < width; ++i) {
        from[i] = line + places[point + i];
      }
      rows_to_lanes<T>(from, s.run(), to + point);
    }
  }
}

/// Points of the output of a convolution of one image, or of the pooling behind it, 16 side by side.
template <class T>
class single_conv2d {
 public:
  /// @param p  its scratch has conv2d_shape::forward_scratch() numbers.
  single_conv2d(const conv2d_shape& s, const conv2d_pass<T>& p)
      : shape_(s), windows_(p.scratch + s.padded_height() * s.line()), found_(windows_ + 4 * s.windows_of_points()) {
    take_image(s, p.x, p.scratch);
    task_.run = s.kernel_height * s.run();
    task_.weights = p.kernel;
    task_.weight_input = s.filters;
    task_.weight_output = 1;
    task_.bias = p.bias;
    task_.x = windows_;
    task_.x_column = s.windows_of_points();
    task_.x_line = 2 * task_.x_column;
    task_.y = found_;
    task_.y_column = s.filters * lanes;
    task_.y_line = 2 * task_.y_column;
    image_ = p.scratch;
  }

  /// @param y  [output][lane].
  void run(detail::finish finish, T* y) {
    task_.finish = finish;
    const std::size_t width = shape_.output_width();
    const std::size_t count = shape_.output_height() * width;
    const auto place = [&](std::size_t point) { return place_of(point / width, point % width); };
    for (std::size_t first = 0; first < count;) {
      // Three groups of points are faster as four than one by one.
      const std::size_t groups = count - first > 2 * lanes ? 4 : 1;
      for (std::size_t group = 0; group < groups; ++group) {
        gather(group, first + group * lanes, count, place);
      }
      run_product(task_, groups, shape_.filters);
      for (std::size_t group = 0; group < groups; ++group, first += lanes) {
        spread(group, first, count, y);
      }
    }
  }

  /// @param finish  one that takes the four points of a window of 2 x 2 together.
  /// @param y       [window][filter][lane].
  void run_pool(detail::finish finish, T* y) {
    task_.finish = finish;
    const std::size_t width = shape_.output_width() / 2;
    for (std::size_t first = 0; first < shape_.windows(); first += lanes) {
      for (std::size_t corner = 0; corner < 4; ++corner) {
        gather(corner, first, shape_.windows(), [&](std::size_t window) {
          return place_of(window / width * 2 + corner / 2, window % width * 2 + corner % 2);
        });
      }
      run_product(task_, 4, shape_.filters);
      spread(0, first, shape_.windows(), y);
    }
  }

 private:
  /// Where the window of a point of the output begins in the image.
  [[nodiscard]] std::size_t place_of(std::size_t line, std::size_t column) const noexcept {
    return line * shape_.stride_down * shape_.line() +
           shape_.columns().place(column * shape_.stride_across) * shape_.channels;
  }

  /// Brings in the windows of 16 points; the last one is repeated where there are fewer.
  template <class Place>
  void gather(std::size_t group, std::size_t first, std::size_t count, const Place& place) {
    window_places places;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      places[lane] = place((std::min)(first + lane, count - 1));
    }
    gather_windows(shape_, image_, places, windows_ + group * shape_.windows_of_points());
  }

  /// Brings what was found for 16 points to where it belongs.
  void spread(std::size_t group, std::size_t first, std::size_t count, T* y) const {
    const T* from = found_ + group * shape_.filters * lanes;
    for (std::size_t point = first; point < (std::min)(first + lanes, count); ++point, ++from) {
      for (std::size_t f = 0; f < shape_.filters; ++f) {
        fill_lanes(from[f * lanes], y + (point * shape_.filters + f) * lanes);
      }
    }
  }

  const conv2d_shape& shape_;
  const T* image_;
  T* windows_;  // [group of 16 points][input of the window][point]
  T* found_;    // [group of 16 points][filter][point]
  product_task<T> task_;
};

}  // namespace espalier::inline v0::kernels::detail

#endif
