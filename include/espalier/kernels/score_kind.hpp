// SPDX-License-Identifier: Apache-2.0
// Which numbers of a network a loss looks at.
#ifndef ESPALIER_KERNELS_SCORE_KIND_HPP
#define ESPALIER_KERNELS_SCORE_KIND_HPP

#include <cstdint>

namespace espalier::inline v0::kernels {

/// Which numbers of a network a loss looks at. A loss that takes along the last activation is exact where probabilities
/// would round to 0 or 1. A network that does not end in that activation gives its outputs.
enum class score_kind : std::uint8_t {
  outputs,         ///< what the last layer gives
  before_softmax,  ///< without the softmax at the end
  before_sigmoid   ///< without the sigmoid at the end
};

}  // namespace espalier::inline v0::kernels

#endif
