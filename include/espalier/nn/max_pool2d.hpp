// SPDX-License-Identifier: Apache-2.0
// Keeps the largest number in each window of an image.
#ifndef ESPALIER_NN_MAX_POOL2D_HPP
#define ESPALIER_NN_MAX_POOL2D_HPP

#include <espalier/kernels/max_pool2d.hpp>
#include <espalier/kernels/pool2d_shape.hpp>
#include <espalier/nn/detail/pooling.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// The largest number in each window, channel by channel. In a tie the gradient goes to the first of them. Settings:
/// pool2d_options.
/// @tparam T  float or double.
template <class T = float>
class max_pool2d : public detail::pooling<max_pool2d<T>, T> {
 public:
  static constexpr const char* default_name = "max_pool2d";
  static constexpr bool piecewise_linear = true;
  static constexpr kernels::pool_kind kind = kernels::pool_kind::largest;

  using detail::pooling<max_pool2d<T>, T>::pooling;
  void forward(const pass<T>& p) const { kernels::max_pool2d_forward(this->shape(), p.x, p.y, p.blocks); }
  void backward(const pass<T>& p) const { kernels::max_pool2d_backward<T>(this->shape(), p.x, p.dy, p.dx, p.blocks); }
};
static_assert(layer<max_pool2d<float>>);

}  // namespace espalier::inline v0::nn

#endif
