// SPDX-License-Identifier: Apache-2.0
// QKeras's quantized_sigmoid: evenly spaced numbers from 0 to 1.
#ifndef ESPALIER_QUANTIZE_SIGMOID_BITS_HPP
#define ESPALIER_QUANTIZE_SIGMOID_BITS_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/quantize/detail/rounded.hpp>
#include <espalier/quantize/quantizer.hpp>

namespace espalier::inline v0::quantize {

/// step clip(round(y / step)) with step = 2^-width and y = clip(x / 2 + 1 / 2, 0, 1), or 1 / (1 + exp(-x)); of equally
/// near numbers the even multiple, from 0 up to 1 - step. Gradients pass by the derivative of y, but by 0 where the
/// rounded number is held back by an end.
///
/// It is QKeras's quantized_sigmoid; nn::quantized_activation makes a layer of it.
struct sigmoid_bits {
  std::size_t width = 8;   ///< bits, 1 to 32
  bool symmetric = false;  ///< whether the lower end is step: as far from 0 as the upper one from 1
  bool exact = false;      ///< whether it is the logistic function that is rounded, not its straight line

  /// @throws argument_error if the width is out of range.
  void validate() const {
    if (width < 1 || width > 32) {
      reject<argument_error>("quantize::sigmoid_bits", {width, " bits"}, {"1 to 32"});
    }
  }

  [[nodiscard]] double value(double x) const { return grid().value(curve(x)); }
  [[nodiscard]] double slope(double x) const {
    const double y = curve(x);
    return grid().holds(y) ? (exact ? y * (1 - y) : (std::abs(x) <= 1 ? 0.5 : 0.0)) : 0;
  }

 private:
  [[nodiscard]] double curve(double x) const {
    return exact ? 1 / (1 + std::exp(-x)) : (std::clamp)(x / 2 + 0.5, 0.0, 1.0);
  }
  [[nodiscard]] detail::even_numbers grid() const {
    const double numbers = std::ldexp(1.0, static_cast<int>(width));
    return {1 / numbers, symmetric ? 1.0 : 0.0, numbers - 1};
  }
};
static_assert(quantizer<sigmoid_bits>);

}  // namespace espalier::inline v0::quantize

#endif
