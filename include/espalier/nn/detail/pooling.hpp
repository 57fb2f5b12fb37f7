// SPDX-License-Identifier: Apache-2.0
// What poolings of images have in common: options and shapes.
#ifndef ESPALIER_NN_DETAIL_POOLING_HPP
#define ESPALIER_NN_DETAIL_POOLING_HPP

#include <cstddef>
#include <string>

#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/pool2d_shape.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/nn/pool2d_options.hpp>

namespace espalier::inline v0::nn::detail {

/// @tparam Layer  gives forward, backward and its name.
template <class Layer, class T>
class pooling {
 public:
  using value_type = T;
  static constexpr std::size_t input_rank = 3;
  static constexpr std::size_t output_rank = 3;
  static constexpr bool in_place = false;

  /// @param options  see pool2d_options.
  /// @throws argument_error if the window is empty.
  explicit pooling(const pool2d_options& options = {}) : options_(options) {
    expect_window(Layer::default_name, options);
  }

  extents build(const std::string& name, const extents& input, random_generator& /*generator*/) {
    shape_ = pool2d_shape(options_, input, {Layer::default_name, name});
    return {shape_.lines.outputs, shape_.columns.outputs, shape_.channels};
  }
  [[nodiscard]] std::size_t scratch() const noexcept { return 0; }

 protected:
  [[nodiscard]] const kernels::pool2d_shape& shape() const noexcept { return shape_; }

 private:
  pool2d_options options_;
  kernels::pool2d_shape shape_;
};

}  // namespace espalier::inline v0::nn::detail

#endif
