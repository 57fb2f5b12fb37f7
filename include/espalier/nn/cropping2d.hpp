// SPDX-License-Identifier: Apache-2.0
// Cuts off the borders of an image.
#ifndef ESPALIER_NN_CROPPING2D_HPP
#define ESPALIER_NN_CROPPING2D_HPP

#include <cstddef>
#include <string>

#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/zero_padding2d.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// Settings of `cropping2d`: lines and columns that are cut off.
struct cropping2d_options {
  std::size_t top = 0;
  std::size_t bottom = 0;
  std::size_t left = 0;
  std::size_t right = 0;
};

/// (height, width, channels) becomes (height - top - bottom, width - left - right, channels).
/// @tparam T  float or double.
template <class T = float>
class cropping2d {
 public:
  using value_type = T;
  static constexpr std::size_t input_rank = 3;
  static constexpr std::size_t output_rank = 3;
  static constexpr bool in_place = false;
  static constexpr const char* default_name = "cropping2d";

  /// @param options  see cropping2d_options.
  explicit cropping2d(const cropping2d_options& options = {}) noexcept : options_(options) {}

  extents build(const std::string& name, const extents& input, random_generator& /*generator*/) {
    const auto& o = options_;
    const bool image = input.rank() == 3 && input.size() > 0;
    if (!image || input[0] <= o.top || input[0] - o.top <= o.bottom || input[1] <= o.left ||
        input[1] - o.left <= o.right) {
      detail::refuse_input(default_name, name, input,
                           {"an image (height, width, channels) larger than what is cut off, ", o.top, " + ", o.bottom,
                            " lines and ", o.left, " + ", o.right, " columns"});
    }
    shape_ = {input[0] - o.top - o.bottom, input[1] - o.left - o.right, input[2], o.top, o.left, o.bottom, o.right};
    return {shape_.height, shape_.width, shape_.channels};
  }

  [[nodiscard]] std::size_t scratch() const noexcept { return 0; }
  /// Padding with zeros, the other way around.
  void forward(const pass<T>& p) const { kernels::zero_padding2d_backward<T>(shape_, p.x, p.y, p.blocks); }
  void backward(const pass<T>& p) const { kernels::zero_padding2d_forward<T>(shape_, p.dy, p.dx, p.blocks); }

 private:
  cropping2d_options options_;
  kernels::zero_padding2d_shape shape_;  ///< that would bring the image back to its size
};
static_assert(layer<cropping2d<float>>);

}  // namespace espalier::inline v0::nn

#endif
