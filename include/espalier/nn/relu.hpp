// SPDX-License-Identifier: Apache-2.0
// The rectifier, max(x, 0).
#ifndef ESPALIER_NN_RELU_HPP
#define ESPALIER_NN_RELU_HPP

#include <espalier/kernels/elementwise.hpp>
#include <espalier/nn/detail/elementwise.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// max(x, 0); the slope at 0 is 0.
/// @tparam T  float or double.
template <class T = float>
class relu : public detail::keeps_shape<T> {
 public:
  static constexpr bool in_place = true;
  static constexpr const char* default_name = "relu";
  static constexpr unit_flow units = unit_flow::rectifies;
  static constexpr bool piecewise_linear = true;

  void forward(const pass<T>& p) const { kernels::relu_forward(p.y, this->count(p)); }
  void backward(const pass<T>& p) const { kernels::relu_backward<T>(p.y, p.dy, this->count(p)); }
};
static_assert(layer<relu<float>>);

}  // namespace espalier::inline v0::nn

#endif
