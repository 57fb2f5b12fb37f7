// SPDX-License-Identifier: Apache-2.0
// Rounds what passes to the numbers that hardware has.
#ifndef ESPALIER_NN_QUANTIZED_ACTIVATION_HPP
#define ESPALIER_NN_QUANTIZED_ACTIVATION_HPP

#include <cstddef>
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
class quantized_activation : public detail::keeps_shape<T> {
 public:
  static constexpr bool in_place = false;  // the way back needs what came
  static constexpr bool keeps_rank = true;
  static constexpr const char* default_name = "quantized_activation";

  /// @param quantizer  with its settings.   @throws argument_error if one is out of range.
  explicit quantized_activation(Quantizer quantizer = {}) : quantizer_(std::move(quantizer)) { quantizer_.validate(); }

  void forward(const pass<T>& p) const {
    for (std::size_t i = 0; i < this->count(p); ++i) {
      p.y[i] = static_cast<T>(quantizer_.value(static_cast<double>(p.x[i])));
    }
  }
  void backward(const pass<T>& p) const {
    for (std::size_t i = 0; i < this->count(p); ++i) {
      p.dx[i] = p.dy[i] * static_cast<T>(quantizer_.slope(static_cast<double>(p.x[i])));
    }
  }

 private:
  Quantizer quantizer_;
};

}  // namespace espalier::inline v0::nn

#endif
