// SPDX-License-Identifier: Apache-2.0
// Fixed-point numbers of HLS tools, with their ways to round and to overflow.
#ifndef ESPALIER_QUANTIZE_FIXED_POINT_HPP
#define ESPALIER_QUANTIZE_FIXED_POINT_HPP

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <espalier/base/errors.hpp>
#include <espalier/hls/precision.hpp>
#include <espalier/quantize/quantizer.hpp>

namespace espalier::inline v0::quantize {

/// Which number of the grid is taken for one between two of them.
enum class rounding : std::uint8_t {
  down,            ///< AP_TRN
  to_zero,         ///< AP_TRN_ZERO
  half_up,         ///< AP_RND: the nearest, of two equally near ones the upper
  half_to_even,    ///< AP_RND_CONV
  half_from_zero,  ///< AP_RND_INF
  half_to_zero,    ///< AP_RND_ZERO
  half_down        ///< AP_RND_MIN_INF
};

/// What becomes of a number beyond the ends of the grid.
enum class overflow : std::uint8_t {
  wrap,               ///< AP_WRAP: its low bits are kept
  saturate,           ///< AP_SAT: the end
  zero,               ///< AP_SAT_ZERO
  saturate_symmetric  ///< AP_SAT_SYM: the end, where the lower one is minus the upper one
};

/// Numbers of `width` bits, `integer` of them before the point (the sign included), as ap_fixed and ap_ufixed of Vitis
/// HLS. Gradients pass as if nothing were rounded.
struct fixed_point {
  std::size_t width = 16;      ///< bits, 1 to 52
  std::ptrdiff_t integer = 6;  ///< bits before the point, -500 to 500
  bool is_signed = true;
  quantize::rounding rounding = quantize::rounding::half_to_even;
  quantize::overflow overflow = quantize::overflow::saturate;

  static constexpr bool straight = true;  ///< the slope is 1 everywhere

  /// @throws argument_error if a width is out of range.
  void validate() const {
    if (width < 1 || width > 52 || integer < -500 || integer > 500) {
      reject<argument_error>("quantize::fixed_point", {width, " bits, ", integer, " of them whole"}, {"1 to 52 bits"});
    }
  }

  /// @param x  any finite number.   @return the number of the grid for it.
  [[nodiscard]] double value(double x) const {
    const double step = std::ldexp(1.0, static_cast<int>(integer - static_cast<std::ptrdiff_t>(width)));
    return kept(rounded(x / step)) * step;
  }
  [[nodiscard]] double slope(double /*x*/) const noexcept { return 1; }

 private:
  [[nodiscard]] double rounded(double x) const {
    const double below = std::floor(x);
    const double rest = x - below;
    if (rounding == rounding::down) {
      return below;
    }
    if (rounding == rounding::to_zero) {
      return std::trunc(x);
    }
    if (rest != 0.5) {
      return rest < 0.5 ? below : below + 1;
    }
    switch (rounding) {
      case rounding::half_to_even:
        return std::fmod(below, 2) == 0 ? below : below + 1;
      case rounding::half_from_zero:
        return x > 0 ? below + 1 : below;
      case rounding::half_to_zero:
        return x > 0 ? below : below + 1;
      case rounding::half_down:
        return below;
      default:
        return below + 1;
    }
  }

  /// @param x  in units of the last bit.
  [[nodiscard]] double kept(double x) const {
    const double numbers = std::ldexp(1.0, static_cast<int>(width));
    const double most = is_signed ? numbers / 2 - 1 : numbers - 1;
    const double least = !is_signed ? 0 : (overflow == overflow::saturate_symmetric ? -most : -numbers / 2);
    if (x >= least && x <= most) {
      return x;
    }
    if (overflow == overflow::zero) {
      return 0;
    }
    if (overflow != overflow::wrap) {
      return x < least ? least : most;
    }
    const double low = x - std::floor(x / numbers) * numbers;
    return low > most ? low - numbers : low;
  }
};
static_assert(quantizer<fixed_point>);

/// @param p  a fixed-point or integer precision, as an HLS tool is told it.
/// @return its numbers.
/// @throws argument_error if it is another kind, wraps with saturation bits, or has more than 52 bits.
[[nodiscard]] inline fixed_point to_fixed_point(const hls::precision& p) {
  if ((p.kind != hls::number_kind::fixed && p.kind != hls::number_kind::integer) || p.saturation_bits != 0) {
    reject<argument_error>("quantize::to_fixed_point", {"another precision than plain fixed-point numbers"},
                           {"one such as fixed<16,6> or int<8>"});
  }
  constexpr std::string_view roundings[] = {"TRN", "TRN_ZERO", "RND", "RND_CONV", "RND_INF", "RND_ZERO", "RND_MIN_INF"};
  constexpr std::string_view overflows[] = {"WRAP", "SAT", "SAT_ZERO", "SAT_SYM"};
  fixed_point result{p.width, p.integer, p.is_signed, rounding::down, overflow::wrap};
  for (std::size_t i = 0; i < 7; ++i) {
    result.rounding = p.rounding == roundings[i] ? static_cast<rounding>(i) : result.rounding;
  }
  for (std::size_t i = 0; i < 4; ++i) {
    result.overflow = p.saturation == overflows[i] ? static_cast<overflow>(i) : result.overflow;
  }
  result.validate();
  return result;
}

}  // namespace espalier::inline v0::quantize

#endif
