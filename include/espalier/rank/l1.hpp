// SPDX-License-Identifier: Apache-2.0
// Ranking: the sum of magnitudes.
#ifndef ESPALIER_RANK_L1_HPP
#define ESPALIER_RANK_L1_HPP

#include <cmath>

#include <espalier/rank/ranking.hpp>

namespace espalier::inline v0::rank {

/// Sum of magnitudes, sum |d|.
struct l1 {
  static constexpr data needs = data::nothing;
  [[nodiscard]] static double cost(double change, double /*datum*/) noexcept { return std::abs(change); }
  [[nodiscard]] static double finish(double sum) noexcept { return sum; }
};
static_assert(ranking<l1>);

}  // namespace espalier::inline v0::rank

#endif
