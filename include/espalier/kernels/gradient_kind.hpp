// SPDX-License-Identifier: Apache-2.0
// What of the gradients of samples is summed.
#ifndef ESPALIER_KERNELS_GRADIENT_KIND_HPP
#define ESPALIER_KERNELS_GRADIENT_KIND_HPP

#include <cstdint>

namespace espalier::inline v0::kernels {

/// What is summed over samples.
enum class gradient_kind : std::uint8_t {
  plain,   ///< the gradient of each sample
  squared  ///< its square: the diagonal of the empirical Fisher information
};

}  // namespace espalier::inline v0::kernels

#endif
