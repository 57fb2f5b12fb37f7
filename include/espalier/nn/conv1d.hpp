// SPDX-License-Identifier: Apache-2.0
// A one-dimensional convolution.
#ifndef ESPALIER_NN_CONV1D_HPP
#define ESPALIER_NN_CONV1D_HPP

#include <cstddef>
#include <string>
#include <utility>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/nn/detail/convolution.hpp>
#include <espalier/nn/detail/convolution_windows.hpp>
#include <espalier/nn/initializer.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/nn/padding.hpp>

namespace espalier::inline v0::nn {

/// Settings of `conv1d`.
struct conv1d_options {
  std::size_t filters = 1;  ///< >= 1
  std::size_t kernel = 3;   ///< width, >= 1
  nn::padding padding = nn::padding::valid;
  bool causal = false;  ///< zeros before the first input only, so that no output sees later inputs; then no `padding`
  std::size_t stride = 1;            ///< from one output to the next, >= 1
  std::size_t dilation = 1;          ///< from one step that a window sees to the next, >= 1
  bool bias = true;                  ///< whether each filter has a bias, at first 0
  initializer kernel_initializer{};  ///< how weights are drawn
  std::string name{};                ///< empty: conv1d_1, conv1d_2, ... by place in the model
};

/// Convolution of sequences (steps, channels), kernel (width, channels, filters) as in Keras.
/// @tparam T  float or double.
template <class T = float>
class conv1d : public detail::convolution<T, 3> {
 public:
  using options_type = conv1d_options;
  using plain_type = conv1d;
  static constexpr std::size_t input_rank = 2;
  static constexpr std::size_t output_rank = 2;
  static constexpr const char* default_name = "conv1d";
  static constexpr bool piecewise_linear = true;

  /// @param options  see conv1d_options.
  /// @throws argument_error if there are no filters, kernel, stride or dilation is 0, or it is both causal and padded.
  explicit conv1d(conv1d_options options) : options_(std::move(options)) {
    if (options_.filters == 0) {
      reject<argument_error>("nn::conv1d", {"0 filters"}, {"1 or more"});
    }
    windows().expect_positive("conv1d");
    if (options_.causal && options_.padding == padding::same) {
      reject<argument_error>("nn::conv1d", {"causal with padding on both sides"}, {"one of the two"});
    }
  }

  [[nodiscard]] const std::string& name() const noexcept { return options_.name; }
  /// @return what it was made with, and the name that it has.
  [[nodiscard]] const conv1d_options& options() const noexcept { return options_; }

  extents build(const std::string& name, const extents& input, random_generator& generator) {
    if (input.rank() != 2 || input.size() == 0 || !windows().fit(1, input[0])) {
      detail::refuse_input(
          "conv1d", name, input,
          {"a sequence (steps, channels) ", windows().kernel_text(to_string(extents{windows().reach(1)}))});
    }
    options_.name = name;
    this->shape_ = windows().shape({1, input[0], input[1]}, options_.filters);
    this->make_weights({options_.kernel, input[1], options_.filters}, options_, generator);
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
  /// Those of an image of one line.
  [[nodiscard]] detail::convolution_windows windows() const {
    return {{1, options_.kernel}, {1, options_.stride}, {1, options_.dilation}, options_.padding, options_.causal};
  }
  [[nodiscard]] extents output_shape() const { return {this->shape_.output_width(), this->shape_.filters}; }

  conv1d_options options_;
};
static_assert(weighted_layer<conv1d<float>>);

}  // namespace espalier::inline v0::nn

#endif
