// SPDX-License-Identifier: Apache-2.0
// Normalization: losses as shares of the largest in the layer.
#ifndef ESPALIER_RANK_LAYER_MAXIMUM_HPP
#define ESPALIER_RANK_LAYER_MAXIMUM_HPP

#include <algorithm>
#include <span>

#include <espalier/rank/normalization.hpp>

namespace espalier::inline v0::rank {

/// Losses as shares of the largest in the layer, as the reference means it.
struct layer_maximum {
  static constexpr bool additive = false;
  [[nodiscard]] double operator()(std::span<const double> losses) const {
    return losses.empty() ? 0 : *std::max_element(losses.begin(), losses.end());
  }
};
static_assert(normalization<layer_maximum>);

}  // namespace espalier::inline v0::rank

#endif
