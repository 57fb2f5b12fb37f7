// SPDX-License-Identifier: Apache-2.0
// Takes the mean of each channel of an image.
#ifndef ESPALIER_NN_GLOBAL_AVERAGE_POOL2D_HPP
#define ESPALIER_NN_GLOBAL_AVERAGE_POOL2D_HPP

#include <cstddef>
#include <string>

#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/average_pool2d.hpp>
#include <espalier/kernels/pool2d_shape.hpp>
#include <espalier/nn/layer.hpp>

namespace espalier::inline v0::nn {

/// (height, width, channels) becomes (channels), the mean over all places.
/// @tparam T  float or double.
template <class T = float>
class global_average_pool2d {
 public:
  using value_type = T;
  static constexpr std::size_t input_rank = 3;
  static constexpr std::size_t output_rank = 1;
  static constexpr bool in_place = false;
  static constexpr const char* default_name = "global_average_pool2d";

  extents build(const std::string& name, const extents& input, random_generator& /*generator*/) {
    if (input.rank() != 3 || input.size() == 0) {
      detail::refuse_input(default_name, name, input, "an image (height, width, channels)");
    }
    shape_ = {kernels::pool_axis::valid(input[0], input[0], 1), kernels::pool_axis::valid(input[1], input[1], 1),
              input[2]};
    return {input[2]};
  }

  [[nodiscard]] std::size_t scratch() const noexcept { return 0; }
  void forward(const pass<T>& p) const { kernels::average_pool2d_forward(shape_, p.x, p.y, p.blocks); }
  void backward(const pass<T>& p) const { kernels::average_pool2d_backward<T>(shape_, p.dy, p.dx, p.blocks); }

 private:
  kernels::pool2d_shape shape_;
};
static_assert(layer<global_average_pool2d<float>>);

}  // namespace espalier::inline v0::nn

#endif
