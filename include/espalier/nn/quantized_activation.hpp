// SPDX-License-Identifier: Apache-2.0
// Rounds what passes to the numbers that hardware has.
#ifndef ESPALIER_NN_QUANTIZED_ACTIVATION_HPP
#define ESPALIER_NN_QUANTIZED_ACTIVATION_HPP

#include <utility>

#include <espalier/nn/detail/elementwise.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/quantize/quantizer.hpp>

namespace espalier::inline v0::nn {

/// Every number becomes the quantizer's value of it; gradients are multiplied by the quantizer's slope at what came.
/// Source: Bengio, Leonard and Courville 2013, arXiv 1308.3432, for the gradient.
/// @tparam Quantizer  such as quantize::relu_bits, quantize::bits or quantize::fixed_point.
/// @tparam T          float or double.
template <quantize::quantizer Quantizer, class T = float>
class quantized_activation : public detail::elementwise_of_input<quantized_activation<Quantizer, T>, T> {
 public:
  static constexpr const char* default_name = "quantized_activation";
  static constexpr bool piecewise_linear = true;

  /// @param quantizer  with its settings.   @throws argument_error if one is out of range.
  explicit quantized_activation(Quantizer quantizer = {}) : quantizer_(std::move(quantizer)) { quantizer_.validate(); }

  /// @param x  any number.   @return what it is rounded to.
  [[nodiscard]] T value(T x) const { return static_cast<T>(quantizer_.value(static_cast<double>(x))); }
  /// @param x  any number.   @return what gradients are multiplied by there.
  [[nodiscard]] T slope(T x) const { return static_cast<T>(quantizer_.slope(static_cast<double>(x))); }

 private:
  Quantizer quantizer_;
};

}  // namespace espalier::inline v0::nn

#endif
