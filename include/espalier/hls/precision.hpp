// SPDX-License-Identifier: Apache-2.0
// The type of a number in hardware, as HLS tools write it: ap_fixed<16,6>, ac_int<8,false>, auto, and so on.
#ifndef ESPALIER_HLS_PRECISION_HPP
#define ESPALIER_HLS_PRECISION_HPP

#include <cstdint>
#include <string>
#include <string_view>

namespace espalier::inline v0::hls {

/// What kind of number.
enum class number_kind : std::uint8_t {
  automatic,  ///< not known until the tool or somebody else says
  fixed,      ///< fixed point
  integer,    ///< fixed point without a fraction
  floating    ///< float, double or half
};

/// The type of a number. The names of modes are those of ap_fixed without "AP_".
struct precision {
  number_kind kind = number_kind::automatic;
  std::uint32_t width = 0;               ///< bits, 1 to 4096; 0 for automatic
  std::int32_t integer = 0;              ///< bits before the point, sign included; may be negative or above the width
  bool is_signed = true;                 ///< two's complement
  std::string_view rounding = "TRN";     ///< TRN, TRN_ZERO, RND, RND_CONV, RND_ZERO, RND_INF, RND_MIN_INF
  std::string_view saturation = "WRAP";  ///< WRAP, SAT, SAT_ZERO, SAT_SYM
  std::int32_t saturation_bits = 0;      ///< of WRAP

  friend bool operator==(const precision&, const precision&) = default;
};

/// Writes a type as hls4ml does.
/// @param p  a type.
/// @return such as "fixed<16,6,TRN,WRAP,0>", "uint<3>", "auto", "float"; parse_precision reads it back.
[[nodiscard]] inline std::string to_string(const precision& p) {
  switch (p.kind) {
    case number_kind::automatic:
      return "auto";
    case number_kind::floating:
      return p.width == 16 ? "half" : p.width == 32 ? "float" : "double";
    case number_kind::integer:
      return (p.is_signed ? "int<" : "uint<") + std::to_string(p.width) + ">";
    case number_kind::fixed:
      break;
  }
  return (p.is_signed ? "fixed<" : "ufixed<") + std::to_string(p.width) + "," + std::to_string(p.integer) + "," +
         std::string(p.rounding) + "," + std::string(p.saturation) + "," + std::to_string(p.saturation_bits) + ">";
}

}  // namespace espalier::inline v0::hls

#endif
