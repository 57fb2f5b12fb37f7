// SPDX-License-Identifier: Apache-2.0
// Turns scores into probabilities.
#ifndef ESPALIER_NN_SOFTMAX_HPP
#define ESPALIER_NN_SOFTMAX_HPP

#include <cstddef>
#include <string>

#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/elementwise.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// exp(x) / sum of exp(x) over a vector. As the last layer before a cross-entropy the two are taken together.
/// @tparam T  float or double.
template <class T = float>
class softmax {
 public:
  using value_type = T;
  static constexpr std::size_t input_rank = 1;
  static constexpr std::size_t output_rank = 1;
  static constexpr bool in_place = true;
  static constexpr const char* default_name = "softmax";

  extents build(const std::string& name, const extents& input, random_generator& /*generator*/) {
    if (input.rank() != 1 || input.size() == 0) {
      detail::refuse_input("softmax", name, input, {"a vector (classes)"});
    }
    features_ = input.size();
    return input;
  }
  [[nodiscard]] std::size_t scratch() const noexcept { return 0; }
  void forward(const pass<T>& p) const {
    kernels::softmax_forward(p.y, features_, p.single() ? 1 : p.blocks * kernels::lanes);
  }
  void backward(const pass<T>& p) const { kernels::softmax_backward<T>(p.y, p.dy, features_, p.blocks); }

 private:
  std::size_t features_ = 0;
};
static_assert(layer<softmax<float>>);

}  // namespace espalier::inline v0::nn

#endif
