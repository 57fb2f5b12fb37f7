// SPDX-License-Identifier: Apache-2.0
// Ranking: the squared first-order change of the loss, weight by weight.
#ifndef ESPALIER_RANK_TAYLOR_HPP
#define ESPALIER_RANK_TAYLOR_HPP

#include <espalier/rank/ranking.hpp>

namespace espalier::inline v0::rank {

/// Squared first-order change of the loss, sum (g d)^2: the second form of a group's importance, which adds up the
/// contributions of its weights.
/// Source: Molchanov et al. 2019, "Importance estimation for neural network pruning", arXiv 1906.10771.
struct taylor {
  static constexpr data needs = data::gradient;
  [[nodiscard]] static double cost(double change, double gradient) noexcept {
    return gradient * change * (gradient * change);
  }
  [[nodiscard]] static double finish(double sum) noexcept { return sum; }
};
static_assert(ranking<taylor>);

}  // namespace espalier::inline v0::rank

#endif
