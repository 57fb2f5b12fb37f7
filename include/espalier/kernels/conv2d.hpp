// SPDX-License-Identifier: Apache-2.0
// Two-dimensional convolution on lane blocks: forward, gradient of the input, gradient of kernel and bias.
#ifndef ESPALIER_KERNELS_CONV2D_HPP
#define ESPALIER_KERNELS_CONV2D_HPP

#include <algorithm>
#include <array>
#include <cstddef>

#include <espalier/kernels/gradient.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/kernels/tile.hpp>

namespace espalier::inline v0::kernels {

/// Sizes of a convolution with stride 1.
struct conv2d_shape {
  std::size_t height = 0;  ///< of the input
  std::size_t width = 0;
  std::size_t channels = 0;
  std::size_t kernel_height = 0;
  std::size_t kernel_width = 0;
  std::size_t filters = 0;
  std::size_t pad_top = 0;  ///< zeros around the input
  std::size_t pad_left = 0;
  std::size_t pad_bottom = 0;
  std::size_t pad_right = 0;

  [[nodiscard]] constexpr std::size_t padded_height() const noexcept { return height + pad_top + pad_bottom; }
  [[nodiscard]] constexpr std::size_t padded_width() const noexcept { return width + pad_left + pad_right; }
  [[nodiscard]] constexpr std::size_t output_height() const noexcept { return padded_height() - kernel_height + 1; }
  [[nodiscard]] constexpr std::size_t output_width() const noexcept { return padded_width() - kernel_width + 1; }
  [[nodiscard]] constexpr std::size_t inputs() const noexcept { return height * width * channels; }
  [[nodiscard]] constexpr std::size_t outputs() const noexcept { return output_height() * output_width() * filters; }
  [[nodiscard]] constexpr bool padded() const noexcept { return pad_top + pad_left + pad_bottom + pad_right > 0; }
  /// Numbers per block in the padded input.
  [[nodiscard]] constexpr std::size_t padded_block() const noexcept {
    return padded_height() * padded_width() * channels * lanes;
  }

  /// The convolution that takes the gradient of the output to that of the input: over the output, padded so that every
  /// input is reached, with the kernel turned around.
  [[nodiscard]] constexpr conv2d_shape transposed() const noexcept {
    return {output_height(),
            output_width(),
            filters,
            kernel_height,
            kernel_width,
            channels,
            kernel_height - 1 - pad_top,
            kernel_width - 1 - pad_left,
            kernel_height - 1 - pad_bottom,
            kernel_width - 1 - pad_right};
  }

  /// Numbers of scratch memory that forward and backward need.
  [[nodiscard]] constexpr std::size_t scratch() const noexcept {
    return (std::max)(padded_block(), transposed().padded_block());
  }
};

namespace detail {

/// One block with its border of zeros; the block itself if it has none.
template <class T>
[[nodiscard]] const T* pad_block(const conv2d_shape& s, const T* block, T* scratch) {
  if (!s.padded()) {
    return block;
  }
  const std::size_t row = s.width * s.channels * lanes;
  const std::size_t padded_row = s.padded_width() * s.channels * lanes;
  std::fill_n(scratch, s.padded_block(), T{0});
  for (std::size_t y = 0; y < s.height; ++y) {
    std::copy_n(block + y * row, row, scratch + (y + s.pad_top) * padded_row + s.pad_left * s.channels * lanes);
  }
  return scratch;
}

/// One row of outputs, some filters: the run over (kernel x, channel) is contiguous in the input and in the kernel.
template <class T, std::size_t Points, std::size_t Filters, class Start>
void conv2d_points(const conv2d_shape& s, const T* corner, const T* kernel, T* to, Start&& start) {
  std::array<std::array<vector<T>, Filters>, Points> sums;
  std::array<const T*, Points> samples;
  for (std::size_t p = 0; p < Points; ++p) {
    samples[p] = corner + p * s.channels * lanes;
    for (std::size_t f = 0; f < Filters; ++f) {
      sums[p][f] = broadcast(start(f));
    }
  }
  const std::size_t run = s.kernel_width * s.channels;
  const std::size_t row = s.padded_width() * s.channels * lanes;
  for (std::size_t ky = 0; ky < s.kernel_height; ++ky) {
    multiply<T, Points, Filters>(sums, samples, {kernel + ky * run * s.filters, s.filters, 1}, run);
    for (const T*& sample : samples) {
      sample += row;
    }
  }
  for (std::size_t p = 0; p < Points; ++p) {
    for (std::size_t f = 0; f < Filters; ++f) {
      store(to + (p * s.filters + f) * lanes, sums[p][f]);
    }
  }
}

}  // namespace detail

/// y = x convolved with kernel, + bias.
/// @param s        sizes; @param kernel  (height, width, channels, filters), row-major; @param bias  filters or null.
/// @param x        [block][input][lane]; @param y  [block][output][lane]; @param scratch  s.scratch() numbers.
template <class T>
void conv2d_forward(const conv2d_shape& s, const T* kernel, const T* bias, const T* x, T* y, std::size_t blocks,
                    T* scratch) {
  using namespace detail;
  const std::size_t row = s.padded_width() * s.channels * lanes;
  for (std::size_t block = 0; block < blocks; ++block) {
    const T* padded = pad_block(s, x + block * s.inputs() * lanes, scratch);
    for (std::size_t oy = 0; oy < s.output_height(); ++oy) {
      T* out_row = y + (block * s.outputs() + oy * s.output_width() * s.filters) * lanes;
      for (std::size_t lane = 0; lane < lanes; lane += vector_of<T>::width) {
        for_each_tile<tile_outputs<T>>(s.filters, [&]<std::size_t Filters>(std::size_t f) {
          for_each_tile<tile_points<T>>(s.output_width(), [&]<std::size_t Points>(std::size_t ox) {
            conv2d_points<T, Points, Filters>(s, padded + oy * row + ox * s.channels * lanes + lane, kernel + f,
                                              out_row + (ox * s.filters + f) * lanes + lane,
                                              [&](std::size_t i) { return bias == nullptr ? T{0} : bias[f + i]; });
          });
        });
      }
    }
  }
}

/// Turns a kernel around for the gradient of the input: [ky][kx][c][f] -> [last - ky][last - kx][f][c].
/// @param turned  as many numbers as the kernel has.
template <class T>
void conv2d_turn_kernel(const conv2d_shape& s, const T* kernel, T* turned) {
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

/// dx from dy, with the kernel turned around.
template <class T>
void conv2d_backward_input(const conv2d_shape& s, const T* turned, const T* dy, T* dx, std::size_t blocks, T* scratch) {
  conv2d_forward<T>(s.transposed(), turned, nullptr, dy, dx, blocks, scratch);
}

/// Adds the gradients of kernel and bias, summed over samples; or, for Kind squared, the squares of each sample's.
template <gradient_kind Kind, class T>
void conv2d_backward_parameters(const conv2d_shape& s, const T* x, const T* dy, T* d_kernel, T* d_bias,
                                std::size_t blocks, T* scratch) {
  using namespace detail;
  const std::size_t run = s.kernel_width * s.channels;
  const std::size_t row = s.padded_width() * s.channels * lanes;
  for (std::size_t block = 0; block < blocks; ++block) {
    const T* padded = pad_block(s, x + block * s.inputs() * lanes, scratch);
    const T* slopes = dy + block * s.outputs() * lanes;
    for (std::size_t ky = 0; ky < s.kernel_height; ++ky) {
      for_each_tile<4>(run, [&]<std::size_t Inputs>(std::size_t q) {
        for_each_tile<tile_outputs<T>>(s.filters, [&]<std::size_t Filters>(std::size_t f) {
          gradient_tile<Kind, T, Inputs, Filters> tile;
          for (std::size_t lane = 0; lane < lanes; lane += vector_of<T>::width) {
            for (std::size_t oy = 0; oy < s.output_height(); ++oy) {
              const T* left = padded + (oy + ky) * row + q * lanes + lane;
              const T* right = slopes + (oy * s.output_width() * s.filters + f) * lanes + lane;
              for (std::size_t ox = 0; ox < s.output_width(); ++ox) {
                tile.add(left + ox * s.channels * lanes, right + ox * s.filters * lanes);
              }
            }
            tile.end_of_sample();
          }
          tile.write(d_kernel + (ky * run + q) * s.filters + f, s.filters);
        });
      });
    }
  }
  if (d_bias != nullptr) {
    bias_gradient<Kind>(dy, s.filters, s.output_height() * s.output_width(), d_bias, blocks);
  }
}

}  // namespace espalier::inline v0::kernels

#endif
