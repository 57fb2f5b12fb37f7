// SPDX-License-Identifier: Apache-2.0
// Takes the mean of each window of a sequence.
#ifndef ESPALIER_NN_AVERAGE_POOL1D_HPP
#define ESPALIER_NN_AVERAGE_POOL1D_HPP

#include <espalier/kernels/average_pool2d.hpp>
#include <espalier/nn/detail/pooling.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// (steps, channels): the mean of each window, channel by channel; only inputs count, not what lies beyond the
/// sequence. Settings: pool1d_options.
/// @tparam T  float or double.
template <class T = float>
class average_pool1d : public detail::pooling_of_sequences<average_pool1d<T>, T> {
 public:
  static constexpr const char* default_name = "average_pool1d";
  static constexpr bool piecewise_linear = true;

  using detail::pooling_of_sequences<average_pool1d<T>, T>::pooling_of_sequences;
  void forward(const pass<T>& p) const { kernels::average_pool2d_forward(this->shape(), p.x, p.y, p.blocks); }
  void backward(const pass<T>& p) const { kernels::average_pool2d_backward<T>(this->shape(), p.dy, p.dx, p.blocks); }
};
static_assert(layer<average_pool1d<float>>);

}  // namespace espalier::inline v0::nn

#endif
