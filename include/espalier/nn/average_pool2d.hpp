// SPDX-License-Identifier: Apache-2.0
// Takes the mean of each window of an image.
#ifndef ESPALIER_NN_AVERAGE_POOL2D_HPP
#define ESPALIER_NN_AVERAGE_POOL2D_HPP

#include <espalier/kernels/average_pool2d.hpp>
#include <espalier/kernels/pool2d_shape.hpp>
#include <espalier/nn/detail/pooling.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// The mean of each window, channel by channel; only inputs count, not what lies beyond the image. Settings:
/// pool2d_options.
/// @tparam T  float or double.
template <class T = float>
class average_pool2d : public detail::pooling<average_pool2d<T>, T> {
 public:
  static constexpr const char* default_name = "average_pool2d";
  static constexpr bool piecewise_linear = true;
  static constexpr kernels::pool_kind kind = kernels::pool_kind::mean;

  using detail::pooling<average_pool2d<T>, T>::pooling;
  void forward(const pass<T>& p) const { kernels::average_pool2d_forward(this->shape(), p.x, p.y, p.blocks); }
  void backward(const pass<T>& p) const { kernels::average_pool2d_backward<T>(this->shape(), p.dy, p.dx, p.blocks); }
};
static_assert(layer<average_pool2d<float>>);

}  // namespace espalier::inline v0::nn

#endif
