// SPDX-License-Identifier: Apache-2.0
// QKeras's quantized_relu_po2: a rectifier whose outputs are powers of two.
#ifndef ESPALIER_QUANTIZE_RELU_POWER_OF_TWO_HPP
#define ESPALIER_QUANTIZE_RELU_POWER_OF_TWO_HPP

#include <cmath>
#include <cstddef>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/quantize/detail/power.hpp>
#include <espalier/quantize/quantizer.hpp>

namespace espalier::inline v0::quantize {

/// 2^clip(round(log2 x)) above 0, and at 0 and below the smallest such power: it never gives 0. With a negative slope,
/// minus the power for negative_slope |x| below 0. All bits count exponents, from -2^b to 2^b - 1, b being their
/// number, less one if numbers above 1 are allowed. Gradients pass as through the rectifier: by 1 above 0, by 0 above
/// max_value, else by the slope.
///
/// It is QKeras's quantized_relu_po2; nn::quantized_activation makes a layer of it.
struct relu_power_of_two {
  std::size_t width = 8;      ///< bits, 1 to 9
  double max_value = 0;       ///< that no output exceeds, a power of two; 0: any
  double negative_slope = 0;  ///< of numbers below 0, >= 0

  /// @throws argument_error if a setting is out of range.
  void validate() const {
    const bool fits =
        max_value >= 0 && std::isfinite(max_value) && negative_slope >= 0 && std::isfinite(negative_slope);
    if (width < 1 || width > 9 || !fits) {
      reject<argument_error>("quantize::relu_power_of_two",
                             {width, " bits, max_value ", max_value, ", negative_slope ", negative_slope},
                             {"1 to 9 bits, a max_value and a slope of 0 or more"});
    }
  }

  [[nodiscard]] double value(double x) const {
    const detail::power_range powers(width, max_value);
    return x < 0 && negative_slope > 0 ? -powers.nearest(negative_slope * -x) : powers.nearest(x > 0 ? x : 0);
  }
  [[nodiscard]] double slope(double x) const noexcept {
    return max_value > 0 && x > max_value ? 0 : (x > 0 ? 1 : negative_slope);
  }
};
static_assert(quantizer<relu_power_of_two>);

}  // namespace espalier::inline v0::quantize

#endif
