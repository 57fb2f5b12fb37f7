// SPDX-License-Identifier: Apache-2.0
// A two-dimensional convolution.
#ifndef ESPALIER_NN_CONV2D_HPP
#define ESPALIER_NN_CONV2D_HPP

#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/base/compiled_once.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/nn/detail/convolution.hpp>
#include <espalier/nn/detail/convolution_windows.hpp>
#include <espalier/nn/initializer.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/nn/padding.hpp>

namespace espalier::inline v0::nn {

/// Settings of `conv2d`.
struct conv2d_options {
  std::size_t filters = 1;                  ///< >= 1
  std::array<std::size_t, 2> kernel{3, 3};  ///< height and width, >= 1
  nn::padding padding = nn::padding::valid;
  std::array<std::size_t, 2> strides{1, 1};   ///< from one output to the next, down and across, >= 1
  std::array<std::size_t, 2> dilation{1, 1};  ///< from one input that a window sees to the next, down and across, >= 1
  bool bias = true;                           ///< whether each filter has a bias, at first 0
  initializer kernel_initializer{};           ///< how weights are drawn
  std::string name{};                         ///< empty: conv2d_1, conv2d_2, ... by place in the model
};

/// Convolution of images (height, width, channels), kernel (height, width, channels, filters) as in Keras.
/// @tparam T  float or double.
template <class T = float>
class conv2d : public detail::convolution<T, 4> {
 public:
  using options_type = conv2d_options;
  using plain_type = conv2d;
  static constexpr std::size_t input_rank = 3;
  static constexpr std::size_t output_rank = 3;
  static constexpr const char* default_name = "conv2d";
  static constexpr bool piecewise_linear = true;

  /// @param options  see conv2d_options.
  /// @throws argument_error if there are no filters, or a size of the kernel, a stride or a dilation is 0.
  explicit conv2d(conv2d_options options) : options_(std::move(options)) {
    if (options_.filters == 0) {
      reject<argument_error>("nn::conv2d", {"0 filters"}, {"1 or more"});
    }
    windows().expect_positive("conv2d");
  }

  [[nodiscard]] const std::string& name() const noexcept { return options_.name; }
  /// @return what it was made with, and the name that it has.
  [[nodiscard]] const conv2d_options& options() const noexcept { return options_; }

  extents build(const std::string& name, const extents& input, random_generator& generator) {
    if (input.rank() != 3 || input.size() == 0 || !windows().fit(input[0], input[1])) {
      detail::refuse_input("conv2d", name, input,
                           {"an image (height, width, channels) ",
                            windows().kernel_text(to_string(extents{windows().reach(0), windows().reach(1)}))});
    }
    options_.name = name;
    this->shape_ = windows().shape(input, options_.filters);
    this->make_weights({options_.kernel[0], options_.kernel[1], input[2], options_.filters}, options_, generator);
    return output_shape();
  }

  [[nodiscard]] attributes::layer_attributes attributes() const {
    attributes::layer_attributes result;
    result.name = options_.name;
    result.kind = attributes::layer_kind::conv2d;
    const auto& s = this->shape_;
    result.kernel_shape = {s.kernel_height, s.kernel_width, s.channels, s.filters};
    result.input_shape = {s.height, s.width, s.channels};
    result.output_shape = output_shape();
    return result;
  }

 private:
  [[nodiscard]] detail::convolution_windows windows() const {
    return {options_.kernel, options_.strides, options_.dilation, options_.padding};
  }
  [[nodiscard]] extents output_shape() const {
    return {this->shape_.output_height(), this->shape_.output_width(), this->shape_.filters};
  }

  conv2d_options options_;
};
static_assert(weighted_layer<conv2d<float>>);

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE class conv2d<float>;
ESPALIER_COMPILED_ONCE class conv2d<double>;
#endif

}  // namespace espalier::inline v0::nn

#endif
