// SPDX-License-Identifier: Apache-2.0
// Refuses reuse factors that are none, by the layer's name.
#ifndef ESPALIER_HLS_DETAIL_EXPECT_REUSE_FACTOR_HPP
#define ESPALIER_HLS_DETAIL_EXPECT_REUSE_FACTOR_HPP

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <espalier/base/errors.hpp>

namespace espalier::inline v0::hls::detail {

/// @param factor  0, and one that no int64 holds, are refused: the latter was a negative number once.
/// @param where   module and function, for the message.
/// @param layer   the layer's name.
inline void expect_reuse_factor(std::uint64_t factor, std::string_view where, const std::string& layer) {
  constexpr auto largest = static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max)());
  if (factor == 0 || factor > largest) {
    const std::string got = std::to_string(static_cast<std::int64_t>(factor));
    reject<argument_error>(where, {"layer '", layer, "' with reuse factor ", got}, {"1 or more"});
  }
}

}  // namespace espalier::inline v0::hls::detail

#endif
