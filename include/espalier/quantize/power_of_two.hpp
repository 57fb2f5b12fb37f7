// SPDX-License-Identifier: Apache-2.0
// Powers of two, by which hardware multiplies without a multiplier.
#ifndef ESPALIER_QUANTIZE_POWER_OF_TWO_HPP
#define ESPALIER_QUANTIZE_POWER_OF_TWO_HPP

#include <cmath>
#include <cstddef>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/quantize/detail/power.hpp>
#include <espalier/quantize/quantizer.hpp>

namespace espalier::inline v0::quantize {

/// sign(x) 2^clip(round(log2 |x|)), as QKeras's quantized_po2: it never gives 0. One bit is the sign; the others count
/// exponents from -2^b to 2^b - 1, b being their number, less one if numbers above 1 are allowed. Gradients pass as if
/// nothing were rounded.
struct power_of_two {
  std::size_t width = 8;  ///< bits, 2 to 10
  double max_value = 0;   ///< that no size exceeds, a power of two; 0: any

  static constexpr bool straight = true;  ///< the slope is 1 everywhere

  /// @throws argument_error if a setting is out of range.
  void validate() const {
    if (width < 2 || width > 10 || !(max_value >= 0 && std::isfinite(max_value))) {
      reject<argument_error>("quantize::power_of_two", {width, " bits, max_value ", max_value},
                             {"2 to 10 bits and a max_value of 0 or more"});
    }
  }

  [[nodiscard]] double value(double x) const {
    const double size = detail::power_range(width - 1, max_value).nearest(std::abs(x));
    return x < 0 ? -size : size;
  }
  [[nodiscard]] double slope(double /*x*/) const noexcept { return 1; }
};
static_assert(quantizer<power_of_two>);

}  // namespace espalier::inline v0::quantize

#endif
