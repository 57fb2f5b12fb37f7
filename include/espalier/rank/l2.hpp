// SPDX-License-Identifier: Apache-2.0
// Ranking: the Euclidean length.
#ifndef ESPALIER_RANK_L2_HPP
#define ESPALIER_RANK_L2_HPP

#include <cmath>

#include <espalier/rank/ranking.hpp>

namespace espalier::inline v0::rank {

/// Euclidean length, sqrt(sum d^2).
struct l2 {
  static constexpr data needs = data::nothing;
  [[nodiscard]] static double cost(double change, double /*datum*/) noexcept { return change * change; }
  [[nodiscard]] static double finish(double sum) noexcept { return std::sqrt(sum); }
};
static_assert(ranking<l2>);

}  // namespace espalier::inline v0::rank

#endif
