// SPDX-License-Identifier: Apache-2.0
// Puts zeros around an image.
#ifndef ESPALIER_NN_ZERO_PADDING2D_HPP
#define ESPALIER_NN_ZERO_PADDING2D_HPP

#include <cstddef>
#include <string>

#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/zero_padding2d.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// Settings of `zero_padding2d`: lines and columns of zeros.
struct zero_padding2d_options {
  std::size_t top = 1;
  std::size_t bottom = 1;
  std::size_t left = 1;
  std::size_t right = 1;
};

/// (height, width, channels) becomes (top + height + bottom, left + width + right, channels).
/// @tparam T  float or double.
template <class T = float>
class zero_padding2d {
 public:
  using value_type = T;
  static constexpr std::size_t input_rank = 3;
  static constexpr std::size_t output_rank = 3;
  static constexpr bool in_place = false;
  static constexpr const char* default_name = "zero_padding2d";
  static constexpr unit_flow units = unit_flow::carries;
  static constexpr bool piecewise_linear = true;

  /// @param options  see zero_padding2d_options.
  explicit zero_padding2d(const zero_padding2d_options& options = {}) noexcept : options_(options) {}

  extents build(const std::string& name, const extents& input, random_generator& /*generator*/) {
    if (input.rank() != 3 || input.size() == 0) {
      detail::refuse_input(default_name, name, input, {"an image (height, width, channels)"});
    }
    const auto& o = options_;
    shape_ = {input[0], input[1], input[2], o.top, o.left, o.bottom, o.right};
    return {shape_.output_height(), shape_.output_width(), shape_.channels};
  }

  [[nodiscard]] std::size_t scratch() const noexcept { return 0; }
  void forward(const pass<T>& p) const { kernels::zero_padding2d_forward(shape_, p.x, p.y, p.blocks); }
  void backward(const pass<T>& p) const { kernels::zero_padding2d_backward<T>(shape_, p.dy, p.dx, p.blocks); }

 private:
  zero_padding2d_options options_;
  kernels::zero_padding2d_shape shape_;
};
static_assert(layer<zero_padding2d<float>>);

}  // namespace espalier::inline v0::nn

#endif
