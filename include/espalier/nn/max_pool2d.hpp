// SPDX-License-Identifier: Apache-2.0
// Keeps the largest number in each window of an image.
#ifndef ESPALIER_NN_MAX_POOL2D_HPP
#define ESPALIER_NN_MAX_POOL2D_HPP

#include <cstddef>
#include <string>

#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/max_pool2d.hpp>
#include <espalier/kernels/pool2d_shape.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/nn/pool2d_options.hpp>

namespace espalier::inline v0::nn {

/// The largest number in each window, channel by channel. In a tie the gradient goes to the first of them.
/// @tparam T  float or double.
template <class T = float>
class max_pool2d {
 public:
  using value_type = T;
  static constexpr std::size_t input_rank = 3;
  static constexpr std::size_t output_rank = 3;
  static constexpr bool in_place = false;
  static constexpr const char* default_name = "max_pool2d";

  /// @param options  see pool2d_options.
  /// @throws argument_error if the window is empty.
  explicit max_pool2d(const pool2d_options& options = {}) : options_(options) {
    detail::expect_window(default_name, options);
  }

  extents build(const std::string& name, const extents& input, random_generator& /*generator*/) {
    shape_ = detail::pool2d_shape(options_, input, {default_name, name});
    return {shape_.lines.outputs, shape_.columns.outputs, shape_.channels};
  }

  /// @return whether it keeps one of each 2 x 2: then a convolution and a rectifier before it can take it along.
  [[nodiscard]] bool takes_fours() const noexcept { return shape_.takes_fours(); }
  [[nodiscard]] std::size_t scratch() const noexcept { return 0; }
  void forward(const pass<T>& p) const { kernels::max_pool2d_forward(shape_, p.x, p.y, p.blocks); }
  void backward(const pass<T>& p) const { kernels::max_pool2d_backward<T>(shape_, p.x, p.dy, p.dx, p.blocks); }

 private:
  pool2d_options options_;
  kernels::pool2d_shape shape_;
};
static_assert(layer<max_pool2d<float>>);

}  // namespace espalier::inline v0::nn

#endif
