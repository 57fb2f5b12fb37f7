// SPDX-License-Identifier: Apache-2.0
// A two-dimensional convolution of every channel by itself.
#ifndef ESPALIER_NN_DEPTHWISE_CONV2D_HPP
#define ESPALIER_NN_DEPTHWISE_CONV2D_HPP

#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/conv2d_shape.hpp>
#include <espalier/kernels/depthwise_conv2d.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/nn/detail/convolution_windows.hpp>
#include <espalier/nn/initializer.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/nn/padding.hpp>
#include <espalier/tensor/tensor.hpp>

namespace espalier::inline v0::nn {

/// Settings of `depthwise_conv2d`.
struct depthwise_conv2d_options {
  std::size_t multiplier = 1;               ///< outputs of each channel, >= 1
  std::array<std::size_t, 2> kernel{3, 3};  ///< height and width, >= 1
  nn::padding padding = nn::padding::valid;
  std::array<std::size_t, 2> strides{1, 1};   ///< from one output to the next, down and across, >= 1
  std::array<std::size_t, 2> dilation{1, 1};  ///< from one input that a window sees to the next, down and across, >= 1
  bool bias = true;                           ///< whether each output has a bias, at first 0
  initializer kernel_initializer{};           ///< how weights are drawn
  std::string name{};                         ///< empty: depthwise_conv2d_1, ... by place in the model
};

/// Convolution of each channel of images (height, width, channels) with kernels of its own, (height, width, channels,
/// multiplier) as in Keras; output channel = channel * multiplier + which kernel.
/// @tparam T  float or double.
template <class T = float>
class depthwise_conv2d {
 public:
  using value_type = T;
  using options_type = depthwise_conv2d_options;
  static constexpr std::size_t input_rank = 3;
  static constexpr std::size_t output_rank = 3;
  static constexpr bool in_place = false;
  static constexpr const char* default_name = "depthwise_conv2d";
  static constexpr bool piecewise_linear = true;

  /// @param options  see depthwise_conv2d_options.
  /// @throws argument_error if the multiplier, a size of the kernel, a stride or a dilation is 0.
  explicit depthwise_conv2d(depthwise_conv2d_options options = {}) : options_(std::move(options)) {
    if (options_.multiplier == 0) {
      reject<argument_error>("nn::depthwise_conv2d", {"a multiplier of 0"}, {"1 or more"});
    }
    windows().expect_positive("depthwise_conv2d");
  }

  [[nodiscard]] const std::string& name() const noexcept { return options_.name; }

  extents build(const std::string& name, const extents& input, random_generator& generator) {
    if (input.rank() != 3 || input.size() == 0 || !windows().fit(input[0], input[1])) {
      detail::refuse_input("depthwise_conv2d", name, input,
                           {"an image (height, width, channels) ",
                            windows().kernel_text(to_string(extents{windows().reach(0), windows().reach(1)}))});
    }
    options_.name = name;
    const auto [height, width] = options_.kernel;
    shape_ = windows().shape(input, input[2] * options_.multiplier);
    kernel_ = zeros<T, 4>({height, width, input[2], options_.multiplier});
    bias_ = zeros<T, 1>({options_.bias ? shape_.filters : 0});
    options_.kernel_initializer.fill(elements(kernel_), {height * width, input[2], options_.multiplier}, generator);
    return output_shape();
  }

  [[nodiscard]] tensor<T, 4>& kernel() noexcept { return kernel_; }
  [[nodiscard]] const tensor<T, 4>& kernel() const noexcept { return kernel_; }
  [[nodiscard]] tensor<T, 1>& bias() noexcept { return bias_; }
  [[nodiscard]] const tensor<T, 1>& bias() const noexcept { return bias_; }
  [[nodiscard]] std::size_t scratch() const noexcept { return kernel_.size() * kernels::lanes; }

  [[nodiscard]] attributes::layer_attributes attributes() const {
    attributes::layer_attributes result;
    result.name = options_.name;
    result.kind = attributes::layer_kind::depthwise_conv2d;
    result.kernel_shape = {shape_.kernel_height, shape_.kernel_width, shape_.channels, options_.multiplier};
    result.input_shape = {shape_.height, shape_.width, shape_.channels};
    result.output_shape = output_shape();
    return result;
  }

  void forward(const pass<T>& p) const { kernels::depthwise_conv2d_forward(shape_, arrays(p), p.y); }
  void backward(const pass<T>& p) const { kernels::depthwise_conv2d_backward_input(shape_, arrays(p), p.dx); }
  template <kernels::gradient_kind Kind>
  void backward_parameters(const pass<T>& p, T* d_kernel, T* d_bias) const {
    kernels::depthwise_conv2d_backward_parameters<Kind, T>(shape_, arrays(p), {d_kernel, d_bias});
  }

 private:
  [[nodiscard]] detail::convolution_windows windows() const {
    return {options_.kernel, options_.strides, options_.dilation, options_.padding};
  }
  [[nodiscard]] kernels::conv2d_pass<T> arrays(const pass<T>& p) const {
    const auto [kernel, bias] = detail::weights_of(p, kernel_, bias_);
    return {kernel, bias, p.x, p.dy, p.blocks, p.scratch};
  }
  [[nodiscard]] extents output_shape() const { return {shape_.output_height(), shape_.output_width(), shape_.filters}; }

  depthwise_conv2d_options options_;
  kernels::conv2d_shape shape_;
  tensor<T, 4> kernel_;
  tensor<T, 1> bias_;
};
static_assert(weighted_layer<depthwise_conv2d<float>>);

}  // namespace espalier::inline v0::nn

#endif
