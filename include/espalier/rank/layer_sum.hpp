// SPDX-License-Identifier: Apache-2.0
// Normalization: losses as shares of the layer's sum.
#ifndef ESPALIER_RANK_LAYER_SUM_HPP
#define ESPALIER_RANK_LAYER_SUM_HPP

#include <numeric>
#include <span>

#include <espalier/rank/normalization.hpp>

namespace espalier::inline v0::rank {

/// Losses as shares of the layer's sum.
struct layer_sum {
  static constexpr bool additive = false;
  [[nodiscard]] double operator()(std::span<const double> losses) const {
    return std::accumulate(losses.begin(), losses.end(), 0.0);
  }
};
static_assert(normalization<layer_sum>);

}  // namespace espalier::inline v0::rank

#endif
