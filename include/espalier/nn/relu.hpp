// SPDX-License-Identifier: Apache-2.0
// The rectifier, max(x, 0).
#ifndef ESPALIER_NN_RELU_HPP
#define ESPALIER_NN_RELU_HPP

#include <cstddef>
#include <string>

#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/elementwise.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// max(x, 0); the slope at 0 is 0.
/// @tparam T  float or double.
template <class T = float>
class relu {
 public:
  using value_type = T;
  static constexpr bool in_place = true;
  static constexpr const char* default_name = "relu";

  extents build(const std::string& /*name*/, const extents& input, random_generator& /*generator*/) {
    features_ = input.size();
    return input;
  }
  [[nodiscard]] std::size_t scratch() const noexcept { return 0; }
  void forward(const pass<T>& p) const { kernels::relu_forward(p.y, p.blocks * features_ * kernels::lanes); }
  void backward(const pass<T>& p) const { kernels::relu_backward<T>(p.y, p.dy, p.blocks * features_ * kernels::lanes); }

 private:
  std::size_t features_ = 0;
};
static_assert(layer<relu<float>>);

}  // namespace espalier::inline v0::nn

#endif
