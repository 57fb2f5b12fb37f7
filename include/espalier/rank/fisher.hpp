// SPDX-License-Identifier: Apache-2.0
// Ranking: the second-order change of the loss, from the Fisher information.
#ifndef ESPALIER_RANK_FISHER_HPP
#define ESPALIER_RANK_FISHER_HPP

#include <espalier/rank/ranking.hpp>

namespace espalier::inline v0::rank {

/// Second-order change of the loss with the empirical Fisher information as curvature, sum F d^2 / 2.
/// Source: Theis et al. 2018, "Faster gaze prediction with dense networks and Fisher pruning", arXiv 1801.05787.
struct fisher {
  static constexpr data needs = data::fisher;
  [[nodiscard]] static double cost(double change, double information) noexcept {
    return 0.5 * information * change * change;
  }
  [[nodiscard]] static double finish(double sum) noexcept { return sum; }
};
static_assert(ranking<fisher>);

}  // namespace espalier::inline v0::rank

#endif
