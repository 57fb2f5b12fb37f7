// SPDX-License-Identifier: Apache-2.0
// A fully connected layer.
#ifndef ESPALIER_NN_DENSE_HPP
#define ESPALIER_NN_DENSE_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/base/compiled_once.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/base/view_of.hpp>
#include <espalier/kernels/dense.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/live_weights.hpp>
#include <espalier/nn/initializer.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/tensor/tensor.hpp>

namespace espalier::inline v0::nn {

/// Settings of `dense`.
struct dense_options {
  std::size_t units = 1;             ///< neurons, >= 1
  bool bias = true;                  ///< whether each neuron has a bias, at first 0
  initializer kernel_initializer{};  ///< how weights are drawn
  std::string name{};                ///< empty: dense_1, dense_2, ... by place in the model
};

/// y = x kernel + bias along the last axis, with the kernel (inputs, units) as in Keras: (inputs) becomes (units), and
/// (steps, inputs) becomes (steps, units), with one kernel for all steps.
/// @tparam T  float or double.
template <class T = float>
class dense {
 public:
  using value_type = T;
  using options_type = dense_options;
  using plain_type = dense;
  static constexpr bool in_place = false;
  static constexpr bool keeps_rank = true;
  static constexpr const char* default_name = "dense";
  static constexpr bool piecewise_linear = true;

  /// @param options  see dense_options.
  /// @throws argument_error if there are 0 units.
  explicit dense(dense_options options) : options_(std::move(options)) {
    if (options_.units == 0) {
      reject<argument_error>("nn::dense", {"0 units"}, {"1 or more"});
    }
  }

  [[nodiscard]] const std::string& name() const noexcept { return options_.name; }
  /// @return what it was made with, and the name that it has.
  [[nodiscard]] const dense_options& options() const noexcept { return options_; }

  extents build(const std::string& name, const extents& input, random_generator& generator) {
    if (input.rank() == 0 || input.size() == 0) {
      detail::refuse_input("dense", name, input,
                           {"a shape (..., inputs) without 0, so that the kernel is (inputs, ", options_.units, ")"});
    }
    options_.name = name;
    input_ = input;
    shape_ = {input.back(), options_.units, input.size() / input.back()};
    kernel_ = zeros<T, 2>({shape_.inputs, shape_.outputs});
    bias_ = zeros<T, 1>({options_.bias ? shape_.outputs : 0});
    options_.kernel_initializer.fill(elements(kernel_), {1, shape_.inputs, shape_.outputs}, generator);
    return output_shape();
  }

  [[nodiscard]] tensor<T, 2>& kernel() noexcept { return kernel_; }
  [[nodiscard]] const tensor<T, 2>& kernel() const noexcept { return kernel_; }
  [[nodiscard]] tensor<T, 1>& bias() noexcept { return bias_; }
  [[nodiscard]] const tensor<T, 1>& bias() const noexcept { return bias_; }
  /// Lets passes skip weights while they are 0.
  /// @param mask  one entry per weight: 0 for those that are to be skipped.
  void skip_dead(std::span<const std::uint8_t> mask) {
    live_ = kernels::pays_to_skip(mask, kernels::dense_shape::most_live) ? kernels::dense_live_weights<T>(shape_, mask)
                                                                         : kernels::live_weights<T>();
  }
  [[nodiscard]] std::size_t scratch() const noexcept { return shape_.scratch(kernels::slot_blocks); }
  [[nodiscard]] std::size_t forward_scratch() const noexcept { return 0; }

  [[nodiscard]] attributes::layer_attributes attributes() const {
    attributes::layer_attributes result;
    result.name = options_.name;
    result.kind = attributes::layer_kind::dense;
    result.kernel_shape = {shape_.inputs, shape_.outputs};
    result.input_shape = input_;
    result.output_shape = output_shape();
    return result;
  }

  void forward(const pass<T>& p) const { kernels::dense_forward(shape_, arrays(p), false, p.y); }
  void forward_relu(const pass<T>& p) const { kernels::dense_forward(shape_, arrays(p), true, p.y); }
  void backward(const pass<T>& p) const { kernels::dense_backward_input(shape_, arrays(p), p.dx); }
  template <kernels::gradient_kind Kind>
  void backward_parameters(const pass<T>& p, T* d_kernel, T* d_bias) const {
    kernels::dense_backward_parameters<Kind>(shape_, arrays(p), d_kernel, d_bias);
  }

 private:
  [[nodiscard]] kernels::dense_pass<T> arrays(const pass<T>& p) const {
    const auto [kernel, bias] = detail::weights_of(p, kernel_, bias_);
    return {kernel, bias, p.x, p.dy, p.blocks, p.scratch, p.single(), live_.if_zero(kernel, p.trains())};
  }

  [[nodiscard]] extents output_shape() const {
    std::vector<std::size_t> sizes;
    for (std::size_t axis = 0; axis < input_.rank(); ++axis) {
      sizes.push_back(input_[axis]);
    }
    sizes.back() = shape_.outputs;
    return extents(view_of(sizes));
  }

  dense_options options_;
  extents input_;
  kernels::dense_shape shape_;
  kernels::live_weights<T> live_;
  tensor<T, 2> kernel_;
  tensor<T, 1> bias_;
};
static_assert(weighted_layer<dense<float>>);

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE class dense<float>;
ESPALIER_COMPILED_ONCE class dense<double>;
#endif

}  // namespace espalier::inline v0::nn

#endif
