// SPDX-License-Identifier: Apache-2.0
// QKeras's quantized_bits: evenly spaced numbers.
#ifndef ESPALIER_QUANTIZE_BITS_HPP
#define ESPALIER_QUANTIZE_BITS_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/quantize/quantizer.hpp>

namespace espalier::inline v0::quantize {

/// alpha step clip(round(x / step)) with step = 2^(integer - u), u = width without the sign; of equally near numbers
/// the even multiple. With one bit and a sign it is alpha or -alpha. Gradients pass as if nothing were rounded.
///
/// It is QKeras's quantized_bits with a given alpha; `integer` does not count the sign.
struct bits {
  std::size_t width = 8;       ///< bits, 1 to 32
  std::ptrdiff_t integer = 0;  ///< bits before the point without the sign, -100 to 100
  bool symmetric = false;      ///< whether the lower end is minus the upper one
  bool keep_negative = true;   ///< whether there is a sign
  double alpha = 1;            ///< factor, finite

  static constexpr bool straight = true;  ///< the slope is 1 everywhere

  /// @throws argument_error if a setting is out of range.
  void validate() const {
    if (width < 1 || width > 32 || integer < -100 || integer > 100 || !std::isfinite(alpha)) {
      reject<argument_error>("quantize::bits", {width, " bits, ", integer, " of them whole, alpha ", alpha},
                             {"1 to 32 bits and a finite alpha"});
    }
  }

  [[nodiscard]] double value(double x) const {
    if (width == 1 && keep_negative) {
      return x < 0 ? -alpha : alpha;
    }
    const int unsigned_bits = static_cast<int>(width) - (keep_negative ? 1 : 0);
    const double step = std::ldexp(1.0, static_cast<int>(integer) - unsigned_bits);
    const double numbers = std::ldexp(1.0, unsigned_bits);
    const double least = keep_negative ? -numbers + (symmetric ? 1 : 0) : 0;
    return alpha * step * (std::clamp)(std::nearbyint(x / step), least, numbers - 1);
  }
  [[nodiscard]] double slope(double /*x*/) const noexcept { return 1; }
};
static_assert(quantizer<bits>);

}  // namespace espalier::inline v0::quantize

#endif
