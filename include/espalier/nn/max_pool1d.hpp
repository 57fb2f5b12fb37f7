// SPDX-License-Identifier: Apache-2.0
// Keeps the largest number in each window of a sequence.
#ifndef ESPALIER_NN_MAX_POOL1D_HPP
#define ESPALIER_NN_MAX_POOL1D_HPP

#include <espalier/kernels/max_pool2d.hpp>
#include <espalier/nn/detail/pooling.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// (steps, channels): the largest number in each window, channel by channel. In a tie the gradient goes to the first of
/// them. Settings: pool1d_options.
/// @tparam T  float or double.
template <class T = float>
class max_pool1d : public detail::pooling_of_sequences<max_pool1d<T>, T> {
 public:
  static constexpr const char* default_name = "max_pool1d";
  static constexpr bool piecewise_linear = true;

  using detail::pooling_of_sequences<max_pool1d<T>, T>::pooling_of_sequences;
  void forward(const pass<T>& p) const { kernels::max_pool2d_forward(this->shape(), p.x, p.y, p.blocks); }
  void backward(const pass<T>& p) const { kernels::max_pool2d_backward<T>(this->shape(), p.x, p.dy, p.dx, p.blocks); }
};
static_assert(layer<max_pool1d<float>>);

}  // namespace espalier::inline v0::nn

#endif
