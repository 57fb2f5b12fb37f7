// SPDX-License-Identifier: Apache-2.0
// Gives samples another shape.
#ifndef ESPALIER_NN_RESHAPE_HPP
#define ESPALIER_NN_RESHAPE_HPP

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// The same numbers, row-major, in another shape; no number moves.
/// @tparam T  float or double.
template <class T = float>
class reshape {
 public:
  using value_type = T;
  static constexpr std::size_t output_rank = 0;  // known when the network is built
  static constexpr bool in_place = true;
  static constexpr bool moves_nothing = true;
  static constexpr const char* default_name = "reshape";
  static constexpr bool piecewise_linear = true;

  /// @param shape  of an output; one axis may be 0, which stands for as many as it takes.
  /// @throws argument_error if there is no axis or more than one is 0.
  explicit reshape(const extents& shape) : shape_(shape) {
    std::size_t open = 0;
    for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
      open += shape[axis] == 0 ? 1U : 0U;
    }
    if (shape.rank() == 0 || open > 1) {
      reject<argument_error>("nn::reshape", {"shape ", shape}, {"a shape with at most one 0 in it"});
    }
  }

  extents build(const std::string& name, const extents& input, random_generator& /*generator*/) const {
    std::vector<std::size_t> output;
    std::size_t known = 1;
    for (std::size_t axis = 0; axis < shape_.rank(); ++axis) {
      output.push_back(shape_[axis]);
      known *= shape_[axis] == 0 ? 1 : shape_[axis];
    }
    std::replace(output.begin(), output.end(), std::size_t{0}, input.size() / known);
    const extents result{std::span<const std::size_t>(output)};
    if (result.size() != input.size() || input.size() == 0) {
      detail::refuse_input(default_name, name, input, {"as many numbers as shape ", shape_});
    }
    return result;
  }
  [[nodiscard]] std::size_t scratch() const noexcept { return 0; }
  void forward(const pass<T>& /*p*/) const {}
  void backward(const pass<T>& /*p*/) const {}

 private:
  extents shape_;
};
static_assert(layer<reshape<float>>);

}  // namespace espalier::inline v0::nn

#endif
