// SPDX-License-Identifier: Apache-2.0
// Convolution of every channel by itself, on lane blocks.
#ifndef ESPALIER_KERNELS_DEPTHWISE_CONV2D_HPP
#define ESPALIER_KERNELS_DEPTHWISE_CONV2D_HPP

#include <algorithm>
#include <cstddef>

#include <espalier/kernels/conv2d_shape.hpp>
#include <espalier/kernels/detail/bias_gradient.hpp>
#include <espalier/kernels/detail/vector.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::kernels {

namespace detail {

/// Calls action(input pixel, output pixel) for all outputs that see an input of the image at this place of the kernel.
template <class Action>
void for_each_pair(const conv2d_shape& s, std::size_t ky, std::size_t kx, Action&& action) {
  for (std::size_t oy = 0; oy < s.output_height(); ++oy) {
    const std::size_t y = oy * s.stride_down + ky * s.dilation_down - s.pad_top;  // wraps around above the image
    for (std::size_t ox = 0; y < s.height && ox < s.output_width(); ++ox) {
      const std::size_t x = ox * s.stride_across + kx * s.dilation_across - s.pad_left;
      if (x < s.width) {
        action(y * s.width + x, oy * s.output_width() + ox);
      }
    }
  }
}

/// Calls action(place in the kernel, input channel's lanes, output channel's lanes) for all products of a block.
template <class Action>
void for_each_product(const conv2d_shape& s, Action&& action) {
  const std::size_t multiplier = s.filters / s.channels;
  for (std::size_t ky = 0; ky < s.kernel_height; ++ky) {
    for (std::size_t kx = 0; kx < s.kernel_width; ++kx) {
      for_each_pair(s, ky, kx, [&](std::size_t input, std::size_t output) {
        for (std::size_t f = 0; f < s.filters; ++f) {
          action((ky * s.kernel_width + kx) * s.filters + f, (input * s.channels + f / multiplier) * lanes,
                 (output * s.filters + f) * lanes);
        }
      });
    }
  }
}

}  // namespace detail

/// y = each channel of x convolved with its kernels, + bias. Output channel = channel * multiplier + which kernel.
/// @param s  filters counts output channels, a multiple of the channels.
/// @param p  the kernel is (height, width, channels, multiplier); no scratch memory is needed.
/// @param y  [block][output][lane].
template <class T>
void depthwise_conv2d_forward(const conv2d_shape& s, const conv2d_pass<T>& p, T* y) {
  for (std::size_t block = 0; block < p.blocks; ++block) {
    const T* x = p.x + block * s.inputs() * lanes;
    T* to = y + block * s.outputs() * lanes;
    for (std::size_t output = 0; output < s.outputs(); ++output) {
      std::fill_n(to + output * lanes, lanes, p.bias == nullptr ? T{0} : p.bias[output % s.filters]);
    }
    detail::for_each_product(s, [&](std::size_t weight, std::size_t input, std::size_t output) {
      for (std::size_t lane = 0; lane < lanes; lane += detail::short_vector<T>::width) {
        T* sum = to + output + lane;
        detail::store(sum, detail::load(sum) + p.kernel[weight] * detail::load(x + input + lane));
      }
    });
  }
}

/// The gradient of the input.
/// @param dx  [block][input][lane].
template <class T>
void depthwise_conv2d_backward_input(const conv2d_shape& s, const conv2d_pass<T>& p, T* dx) {
  std::fill_n(dx, p.blocks * s.inputs() * lanes, T{0});
  for (std::size_t block = 0; block < p.blocks; ++block) {
    const T* dy = p.dy + block * s.outputs() * lanes;
    T* to = dx + block * s.inputs() * lanes;
    detail::for_each_product(s, [&](std::size_t weight, std::size_t input, std::size_t output) {
      for (std::size_t lane = 0; lane < lanes; lane += detail::short_vector<T>::width) {
        T* sum = to + input + lane;
        detail::store(sum, detail::load(sum) + p.kernel[weight] * detail::load(dy + output + lane));
      }
    });
  }
}

/// Adds the gradients of kernel and bias, summed over samples; or, for Kind squared, the squares of each sample's.
/// @param p   scratch is 16 numbers per weight.
/// @param to  the bias is not touched if there is none.
template <gradient_kind Kind, class T>
void depthwise_conv2d_backward_parameters(const conv2d_shape& s, const conv2d_pass<T>& p,
                                          const conv2d_gradient<T>& to) {
  const std::size_t weights = s.kernel_height * s.kernel_width * s.filters;
  for (std::size_t block = 0; block < p.blocks; ++block) {
    const T* x = p.x + block * s.inputs() * lanes;
    const T* dy = p.dy + block * s.outputs() * lanes;
    std::fill_n(p.scratch, weights * lanes, T{0});
    detail::for_each_product(s, [&](std::size_t weight, std::size_t input, std::size_t output) {
      for (std::size_t lane = 0; lane < lanes; lane += detail::short_vector<T>::width) {
        T* sum = p.scratch + weight * lanes + lane;
        detail::store(sum, detail::load(sum) + detail::load(x + input + lane) * detail::load(dy + output + lane));
      }
    });
    for (std::size_t weight = 0; weight < weights; ++weight) {
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const T own = p.scratch[weight * lanes + lane];
        to.kernel[weight] += Kind == gradient_kind::squared ? own * own : own;
      }
    }
  }
  if (p.bias != nullptr) {
    detail::bias_gradient<Kind>({s.filters, s.output_height() * s.output_width(), p.blocks}, p.dy, to.bias);
  }
}

}  // namespace espalier::inline v0::kernels

#endif
