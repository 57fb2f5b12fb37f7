// SPDX-License-Identifier: Apache-2.0
// Ranking: magnitude times the length of the activation that it is multiplied with.
#ifndef ESPALIER_RANK_WANDA_HPP
#define ESPALIER_RANK_WANDA_HPP

#include <cmath>

#include <espalier/rank/ranking.hpp>

namespace espalier::inline v0::rank {

/// Magnitude times the Euclidean length of the input activation over some samples, sum |d| ||x||. The lengths come one
/// per weight; spread_over_inputs makes that of one per input.
/// Source: Sun et al. 2023, "A simple and effective pruning approach for large language models", arXiv 2306.11695.
struct wanda {
  static constexpr data needs = data::activation_length;
  [[nodiscard]] static double cost(double change, double length) noexcept { return std::abs(change * length); }
  [[nodiscard]] static double finish(double sum) noexcept { return sum; }
};
static_assert(ranking<wanda>);

}  // namespace espalier::inline v0::rank

#endif
