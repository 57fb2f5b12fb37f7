// SPDX-License-Identifier: Apache-2.0
// Makes a vector of an image.
#ifndef ESPALIER_NN_FLATTEN_HPP
#define ESPALIER_NN_FLATTEN_HPP

#include <cstddef>
#include <string>

#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// (height, width, channels) becomes (height * width * channels), row-major as in Keras; no number moves.
/// @tparam T  float or double.
template <class T = float>
class flatten {
 public:
  using value_type = T;
  static constexpr std::size_t output_rank = 1;
  static constexpr bool in_place = true;
  static constexpr bool moves_nothing = true;
  static constexpr const char* default_name = "flatten";
  static constexpr unit_flow units = unit_flow::carries;
  static constexpr bool piecewise_linear = true;

  extents build(const std::string& /*name*/, const extents& input, random_generator& /*generator*/) const {
    return {input.size()};
  }
  [[nodiscard]] std::size_t scratch() const noexcept { return 0; }
  void forward(const pass<T>& /*p*/) const {}
  void backward(const pass<T>& /*p*/) const {}
};
static_assert(layer<flatten<float>>);

}  // namespace espalier::inline v0::nn

#endif
