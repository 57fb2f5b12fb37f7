// SPDX-License-Identifier: Apache-2.0
// A one-dimensional convolution.
#ifndef ESPALIER_NN_CONV1D_HPP
#define ESPALIER_NN_CONV1D_HPP

#include <cstddef>
#include <string>
#include <tuple>
#include <utility>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/nn/detail/convolution.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/nn/padding.hpp>

namespace espalier::inline v0::nn {

/// Settings of `conv1d`.
struct conv1d_options {
  std::size_t filters = 1;  ///< >= 1
  std::size_t kernel = 3;   ///< width, >= 1
  nn::padding padding = nn::padding::valid;
  bool causal = false;  ///< zeros before the first input only, so that no output sees later inputs; then no `padding`
  std::size_t stride = 1;  ///< from one output to the next, >= 1
  bool bias = true;        ///< whether each filter has a bias
  std::string name{};      ///< empty: conv1d_1, conv1d_2, ... by place in the model
};

/// Convolution of sequences (steps, channels), kernel (width, channels, filters) as in Keras.
/// @tparam T  float or double.
template <class T = float>
class conv1d : public detail::convolution<T, 3> {
 public:
  using options_type = conv1d_options;
  static constexpr std::size_t input_rank = 2;
  static constexpr std::size_t output_rank = 2;
  static constexpr const char* default_name = "conv1d";
  static constexpr bool piecewise_linear = true;

  /// @param options  see conv1d_options.
  /// @throws argument_error if there are no filters, the kernel is empty, the stride is 0, or it is both causal and
  ///         padded.
  explicit conv1d(conv1d_options options) : options_(std::move(options)) {
    if (options_.filters == 0 || options_.kernel == 0) {
      throw argument_error(error_message(
          "nn::conv1d", std::to_string(options_.filters) + " filters of " + std::to_string(options_.kernel),
          "at least 1 filter of 1"));
    }
    if (options_.stride == 0) {
      throw argument_error(error_message("nn::conv1d", "a stride of 0", "1 or more"));
    }
    if (options_.causal && options_.padding == padding::same) {
      throw argument_error(error_message("nn::conv1d", "causal with padding on both sides", "one of the two"));
    }
  }

  [[nodiscard]] const std::string& name() const noexcept { return options_.name; }

  extents build(const std::string& name, const extents& input, random_generator& generator) {
    const bool padded = options_.causal || options_.padding == padding::same;
    if (input.rank() != 2 || input.size() == 0 || (!padded && input[0] < options_.kernel)) {
      detail::refuse_input(
          "conv1d", name, input,
          "a sequence (steps, channels) no shorter than the kernel (" + std::to_string(options_.kernel) + ")");
    }
    options_.name = name;
    auto& shape = this->shape_;
    shape = {1, input[0], input[1], 1, options_.kernel, options_.filters};
    shape.stride_across = options_.stride;
    if (options_.causal) {
      shape.pad_left = options_.kernel - 1;
    } else if (padded) {
      std::tie(shape.pad_left, shape.pad_right) = detail::border(input[0], options_.kernel, options_.stride);
    }
    this->make_weights({options_.kernel, input[1], options_.filters}, options_.bias, generator);
    return output_shape();
  }

  [[nodiscard]] attributes::layer_attributes attributes() const {
    const auto& s = this->shape_;
    attributes::layer_attributes result;
    result.name = options_.name;
    result.kind = attributes::layer_kind::conv1d;
    result.kernel_shape = {s.kernel_width, s.channels, s.filters};
    result.input_shape = {s.width, s.channels};
    result.output_shape = output_shape();
    return result;
  }

 private:
  [[nodiscard]] extents output_shape() const { return {this->shape_.output_width(), this->shape_.filters}; }

  conv1d_options options_;
};
static_assert(weighted_layer<conv1d<float>>);

}  // namespace espalier::inline v0::nn

#endif
