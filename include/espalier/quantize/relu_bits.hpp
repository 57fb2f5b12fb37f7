// SPDX-License-Identifier: Apache-2.0
// QKeras's quantized_relu: a rectifier with evenly spaced outputs.
#ifndef ESPALIER_QUANTIZE_RELU_BITS_HPP
#define ESPALIER_QUANTIZE_RELU_BITS_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/quantize/quantizer.hpp>

namespace espalier::inline v0::quantize {

/// step clip(round(x / step)) from 0 up, with step = 2^(integer - u), u = width, or one less if there is a negative
/// slope; below 0 the same of negative_slope x, down to -negative_slope 2^integer. Of equally near numbers it is the
/// even multiple. Gradients pass as through the rectifier: by 1 above 0, by 0 above the largest output, else by the
/// slope.
///
/// It is QKeras's quantized_relu; nn::quantized_activation makes a layer of it.
struct relu_bits {
  std::size_t width = 8;                                       ///< bits, 1 to 32; 2 or more with a negative slope
  std::ptrdiff_t integer = 0;                                  ///< bits before the point, -100 to 100
  double negative_slope = 0;                                   ///< of numbers below 0, >= 0
  double max_value = std::numeric_limits<double>::infinity();  ///< that outputs do not exceed, > 0
  bool stops_gradient = true;  ///< whether gradients end above the largest output; false: only above max_value

  /// @throws argument_error if a setting is out of range.
  void validate() const {
    const bool slope_fits = negative_slope >= 0 && std::isfinite(negative_slope) && (negative_slope == 0 || width > 1);
    if (width < 1 || width > 32 || integer < -100 || integer > 100 || !slope_fits || !(max_value > 0)) {
      reject<argument_error>(
          "quantize::relu_bits",
          {width, " bits, ", integer, " of them whole, negative_slope ", negative_slope, ", max_value ", max_value},
          {"1 to 32 bits (2 with a slope), a slope of 0 or more and a positive max_value"});
    }
  }

  [[nodiscard]] double value(double x) const {
    if (x > 0) {
      return (std::min)(largest(), step() * std::nearbyint(x / step()));
    }
    const double least = -negative_slope * std::ldexp(1.0, static_cast<int>(integer));
    return negative_slope == 0 && x <= 0 ? 0 : (std::max)(step() * std::nearbyint(negative_slope * x / step()), least);
  }
  [[nodiscard]] double slope(double x) const {
    return x > (stops_gradient ? largest() : max_value) ? 0 : (x > 0 ? 1 : negative_slope);
  }

 private:
  [[nodiscard]] int bits() const noexcept { return static_cast<int>(width) - (negative_slope > 0 ? 1 : 0); }
  [[nodiscard]] double step() const { return std::ldexp(1.0, static_cast<int>(integer) - bits()); }
  [[nodiscard]] double largest() const { return (std::min)(max_value, step() * (std::ldexp(1.0, bits()) - 1)); }
};
static_assert(quantizer<relu_bits>);

}  // namespace espalier::inline v0::quantize

#endif
