// SPDX-License-Identifier: Apache-2.0
// Checks losses that a ranking, maybe a user's own, has made.
#ifndef ESPALIER_RANK_DETAIL_EXPECT_LOSSES_HPP
#define ESPALIER_RANK_DETAIL_EXPECT_LOSSES_HPP

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include <espalier/base/errors.hpp>

namespace espalier::inline v0::rank::detail {

/// @param losses  one per group.
/// @param where   module and function, for the message.
/// @param whose   what follows the group's number in the message, such as " of layer 'a'".
/// @throws argument_error that names the first group whose loss is negative or not finite.   Complexity: O(groups).
inline void expect_losses(std::span<const double> losses, std::string_view where, const std::string& whose = {}) {
  unsigned broken = 0;  // without a branch for each
  for (const double loss : losses) {
    broken |=
        static_cast<unsigned>(!(loss >= 0)) | static_cast<unsigned>(!(loss <= (std::numeric_limits<double>::max)()));
  }
  if (broken == 0) {
    return;
  }
  for (std::size_t group = 0; group < losses.size(); ++group) {
    if (!(losses[group] >= 0 && losses[group] <= (std::numeric_limits<double>::max)())) {
      reject<argument_error>(where, {"loss ", losses[group], " of group ", group, whose}, {"finite losses >= 0"});
    }
  }
}

}  // namespace espalier::inline v0::rank::detail

#endif
