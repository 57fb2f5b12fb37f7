// SPDX-License-Identifier: Apache-2.0
// A two-dimensional convolution.
#ifndef ESPALIER_NN_CONV2D_HPP
#define ESPALIER_NN_CONV2D_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/conv2d.hpp>
#include <espalier/kernels/conv2d_shape.hpp>
#include <espalier/kernels/elementwise.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/nn/glorot_uniform.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/nn/padding.hpp>
#include <espalier/tensor/tensor.hpp>

namespace espalier::inline v0::nn {

/// Settings of `conv2d`.
struct conv2d_options {
  std::size_t filters = 1;                  ///< >= 1
  std::array<std::size_t, 2> kernel{3, 3};  ///< height and width, >= 1
  nn::padding padding = nn::padding::valid;
  std::array<std::size_t, 2> strides{1, 1};  ///< from one output to the next, down and across, >= 1
  bool bias = true;                          ///< whether each filter has a bias
  std::string name{};                        ///< empty: conv2d_1, conv2d_2, ... by place in the model
};

/// Convolution of images (height, width, channels), kernel (height, width, channels, filters) as in Keras.
/// @tparam T  float or double.
template <class T = float>
class conv2d {
 public:
  using value_type = T;
  static constexpr std::size_t input_rank = 3;
  static constexpr std::size_t output_rank = 3;
  static constexpr bool in_place = false;
  static constexpr const char* default_name = "conv2d";

  /// @param options  see conv2d_options.
  /// @throws argument_error if there are no filters, the kernel is empty or a stride is 0.
  explicit conv2d(conv2d_options options) : options_(std::move(options)) {
    if (options_.filters == 0 || options_.kernel[0] == 0 || options_.kernel[1] == 0) {
      throw argument_error(error_message("nn::conv2d",
                                         std::to_string(options_.filters) + " filters of " +
                                             std::to_string(options_.kernel[0]) + " x " +
                                             std::to_string(options_.kernel[1]),
                                         "at least 1 filter of 1 x 1"));
    }
    if (options_.strides[0] == 0 || options_.strides[1] == 0) {
      throw argument_error(error_message("nn::conv2d", "a stride of 0", "1 or more"));
    }
  }

  [[nodiscard]] const std::string& name() const noexcept { return options_.name; }

  extents build(const std::string& name, const extents& input, random_generator& generator) {
    const auto [height, width] = options_.kernel;
    const bool same = options_.padding == nn::padding::same;
    if (input.rank() != 3 || input.size() == 0 || (!same && (input[0] < height || input[1] < width))) {
      detail::refuse_input("conv2d", name, input,
                           "an image (height, width, channels) no smaller than the kernel (" + std::to_string(height) +
                               ", " + std::to_string(width) + ")");
    }
    options_.name = name;
    shape_ = {input[0], input[1], input[2], height, width, options_.filters};
    std::tie(shape_.stride_down, shape_.stride_across) = std::tie(options_.strides[0], options_.strides[1]);
    if (same) {
      std::tie(shape_.pad_top, shape_.pad_bottom) = border(input[0], height, options_.strides[0]);
      std::tie(shape_.pad_left, shape_.pad_right) = border(input[1], width, options_.strides[1]);
    }
    kernel_ = zeros<T, 4>({height, width, input[2], options_.filters});
    bias_ = zeros<T, 1>({options_.bias ? options_.filters : 0});
    glorot_uniform(elements(kernel_), {height * width * input[2], height * width * options_.filters}, generator);
    return output_shape();
  }

  [[nodiscard]] tensor<T, 4>& kernel() noexcept { return kernel_; }
  [[nodiscard]] const tensor<T, 4>& kernel() const noexcept { return kernel_; }
  [[nodiscard]] tensor<T, 1>& bias() noexcept { return bias_; }
  [[nodiscard]] const tensor<T, 1>& bias() const noexcept { return bias_; }
  [[nodiscard]] std::size_t scratch() const noexcept { return shape_.scratch(); }

  [[nodiscard]] attributes::layer_attributes attributes() const {
    attributes::layer_attributes result;
    result.name = options_.name;
    result.kind = attributes::layer_kind::conv2d;
    result.kernel_shape = {shape_.kernel_height, shape_.kernel_width, shape_.channels, shape_.filters};
    result.input_shape = {shape_.height, shape_.width, shape_.channels};
    result.output_shape = output_shape();
    return result;
  }

  void forward(const pass<T>& p) const { kernels::conv2d_forward(shape_, arrays(p), false, p.y); }
  void forward_relu(const pass<T>& p) const { kernels::conv2d_forward(shape_, arrays(p), true, p.y); }
  void forward_relu_pool(const pass<T>& p) const {
    kernels::conv2d_relu_pool_forward(shape_, arrays(p), p.y, p.between);
  }
  void backward(const pass<T>& p) const { kernels::conv2d_backward_input<T>(shape_, arrays(p), nullptr, p.dx); }
  void backward_relu_pool(const pass<T>& p) const {
    kernels::conv2d_backward_input<T>(shape_, arrays(p), p.between, p.dx);
  }
  template <kernels::gradient_kind Kind>
  void backward_parameters(const pass<T>& p, T* d_kernel, T* d_bias) const {
    kernels::conv2d_backward_parameters<Kind, T>(shape_, arrays(p), nullptr, {d_kernel, d_bias});
  }
  template <kernels::gradient_kind Kind>
  void backward_parameters_relu_pool(const pass<T>& p, T* d_kernel, T* d_bias) const {
    kernels::drop_losers<T>(p.between, p.dy, p.blocks * shape_.windows() * shape_.filters * kernels::lanes);
    kernels::conv2d_backward_parameters<Kind, T>(shape_, arrays(p), p.between, {d_kernel, d_bias});
  }

 private:
  /// Zeros before and behind, so that there is one output per step.
  [[nodiscard]] static std::pair<std::size_t, std::size_t> border(std::size_t inputs, std::size_t window,
                                                                  std::size_t stride) {
    const std::size_t covered = (inputs - 1) / stride * stride + window;
    const std::size_t zeros = covered > inputs ? covered - inputs : 0;
    return {zeros / 2, zeros - zeros / 2};
  }

  [[nodiscard]] kernels::conv2d_pass<T> arrays(const pass<T>& p) const {
    return {kernel_.data(), options_.bias ? bias_.data() : nullptr, p.x, p.dy, p.blocks, p.scratch};
  }
  [[nodiscard]] extents output_shape() const { return {shape_.output_height(), shape_.output_width(), shape_.filters}; }

  conv2d_options options_;
  kernels::conv2d_shape shape_;
  tensor<T, 4> kernel_;
  tensor<T, 1> bias_;
};
static_assert(weighted_layer<conv2d<float>>);

}  // namespace espalier::inline v0::nn

#endif
