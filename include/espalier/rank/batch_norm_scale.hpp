// SPDX-License-Identifier: Apache-2.0
// Ranking: the scale that a following batch normalization gives a unit.
#ifndef ESPALIER_RANK_BATCH_NORM_SCALE_HPP
#define ESPALIER_RANK_BATCH_NORM_SCALE_HPP

#include <cmath>

#include <espalier/rank/ranking.hpp>

namespace espalier::inline v0::rank {

/// |gamma| of the batch normalization behind a unit, times the share of the unit's magnitude that changes:
/// sum |gamma| |d| / ||w of the unit||_1. Pruning a whole unit costs exactly |gamma|; a part of it, its share. The
/// quotients come one per weight; unit_scales makes them of the gammas.
/// Source: Liu et al. 2017, "Learning efficient convolutional networks through network slimming", arXiv 1708.06519.
struct batch_norm_scale {
  static constexpr data needs = data::unit_scale;
  [[nodiscard]] static double cost(double change, double scale) noexcept { return std::abs(change * scale); }
  [[nodiscard]] static double finish(double sum) noexcept { return sum; }
};
static_assert(ranking<batch_norm_scale>);

}  // namespace espalier::inline v0::rank

#endif
