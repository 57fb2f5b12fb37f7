// SPDX-License-Identifier: Apache-2.0
// Reads the type of a number: ap_fixed<16,6>, ac_int<8,false>, auto, and so on.
#ifndef ESPALIER_HLS_PARSE_PRECISION_HPP
#define ESPALIER_HLS_PARSE_PRECISION_HPP

#include <string_view>

#include <espalier/hls/detail/precision_reader.hpp>
#include <espalier/hls/precision.hpp>

namespace espalier::inline v0::hls {

/// Reads the type of a number: ap_fixed, ap_ufixed, ap_int, ap_uint, ac_fixed, ac_int, the same without "ap_", auto,
/// float, double, half.
/// @param text  such as "ap_fixed<16,6,AP_RND,AP_SAT>" or "ac_fixed<16,6,false>".
/// @return the type; automatic for "auto" in any case.
/// @throws parse_error that says what came and what was expected: an unknown type or mode (the closest is given),
///         missing or too many arguments, a width that is no whole number from 1 to 4096, text behind the bracket.
[[nodiscard]] inline precision parse_precision(std::string_view text) {
  return detail::precision_reader(text)();
}

}  // namespace espalier::inline v0::hls

#endif
