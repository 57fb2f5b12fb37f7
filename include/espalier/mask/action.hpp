// SPDX-License-Identifier: Apache-2.0
// What is done with a group of weights.
#ifndef ESPALIER_MASK_ACTION_HPP
#define ESPALIER_MASK_ACTION_HPP

#include <cstdint>

namespace espalier::inline v0::mask {

/// What is done with a group of weights.
enum class action : std::uint8_t {
  keep,   ///< its weights are trained on
  prune,  ///< its weights are 0
  share   ///< its weights are their mean
};

}  // namespace espalier::inline v0::mask

#endif
