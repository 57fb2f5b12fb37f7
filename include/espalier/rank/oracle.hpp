// SPDX-License-Identifier: Apache-2.0
// Ranking: the first-order change of the loss.
#ifndef ESPALIER_RANK_ORACLE_HPP
#define ESPALIER_RANK_ORACLE_HPP

#include <cmath>

#include <espalier/rank/ranking.hpp>

namespace espalier::inline v0::rank {

/// First-order change of the loss, sum |g d|.   Source: Molchanov et al. 2016, arXiv 1611.06440.
struct oracle {
  static constexpr data needs = data::gradient;
  [[nodiscard]] static double cost(double change, double gradient) noexcept { return std::abs(gradient * change); }
  [[nodiscard]] static double finish(double sum) noexcept { return sum; }
};
static_assert(ranking<oracle>);

}  // namespace espalier::inline v0::rank

#endif
