// SPDX-License-Identifier: Apache-2.0
// Keeps the largest number of each channel of an image.
#ifndef ESPALIER_NN_GLOBAL_MAX_POOL2D_HPP
#define ESPALIER_NN_GLOBAL_MAX_POOL2D_HPP

#include <espalier/kernels/max_pool2d.hpp>
#include <espalier/nn/detail/pooling.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// (height, width, channels) becomes (channels), the largest number of all places. In a tie they share the gradient
/// equally.
/// @tparam T  float or double.
template <class T = float>
class global_max_pool2d : public detail::global_pooling<global_max_pool2d<T>, T, 3> {
 public:
  static constexpr const char* default_name = "global_max_pool2d";
  static constexpr bool piecewise_linear = true;

  void forward(const pass<T>& p) const { kernels::max_pool2d_forward(this->shape(), p.x, p.y, p.blocks); }
  void backward(const pass<T>& p) const {
    kernels::max_pool2d_backward_shared<T>(this->shape(), p.x, p.dy, p.dx, p.blocks);
  }
};
static_assert(layer<global_max_pool2d<float>>);

}  // namespace espalier::inline v0::nn

#endif
