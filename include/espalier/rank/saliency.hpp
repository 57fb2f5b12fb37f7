// SPDX-License-Identifier: Apache-2.0
// Ranking: the second-order change of the loss, from its Hessian.
#ifndef ESPALIER_RANK_SALIENCY_HPP
#define ESPALIER_RANK_SALIENCY_HPP

#include <algorithm>

#include <espalier/rank/ranking.hpp>

namespace espalier::inline v0::rank {

/// Second-order change of the loss at a minimum, sum h d^2 / 2; negative curvature counts as 0.
/// Source: LeCun, Denker and Solla, "Optimal brain damage", NIPS 1989.
struct saliency {
  static constexpr data needs = data::curvature;
  [[nodiscard]] static double cost(double change, double curvature) noexcept {
    return 0.5 * (std::max)(curvature, 0.0) * change * change;
  }
  [[nodiscard]] static double finish(double sum) noexcept { return sum; }
};
static_assert(ranking<saliency>);

}  // namespace espalier::inline v0::rank

#endif
