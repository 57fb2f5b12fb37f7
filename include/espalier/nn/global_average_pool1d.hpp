// SPDX-License-Identifier: Apache-2.0
// Takes the mean of each channel of a sequence.
#ifndef ESPALIER_NN_GLOBAL_AVERAGE_POOL1D_HPP
#define ESPALIER_NN_GLOBAL_AVERAGE_POOL1D_HPP

#include <espalier/kernels/average_pool2d.hpp>
#include <espalier/nn/detail/pooling.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// (steps, channels) becomes (channels), the mean over all steps.
/// @tparam T  float or double.
template <class T = float>
class global_average_pool1d : public detail::global_pooling<global_average_pool1d<T>, T, 2> {
 public:
  static constexpr const char* default_name = "global_average_pool1d";
  static constexpr bool piecewise_linear = true;

  void forward(const pass<T>& p) const { kernels::average_pool2d_forward(this->shape(), p.x, p.y, p.blocks); }
  void backward(const pass<T>& p) const { kernels::average_pool2d_backward<T>(this->shape(), p.dy, p.dx, p.blocks); }
};
static_assert(layer<global_average_pool1d<float>>);

}  // namespace espalier::inline v0::nn

#endif
