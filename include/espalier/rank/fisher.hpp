// SPDX-License-Identifier: Apache-2.0
// Ranking: the second-order change of the loss, from the Fisher information.
#ifndef ESPALIER_RANK_FISHER_HPP
#define ESPALIER_RANK_FISHER_HPP

#include <cmath>
#include <span>

#include <espalier/base/errors.hpp>
#include <espalier/rank/ranking.hpp>

namespace espalier::inline v0::rank {

/// Second-order change of the loss with the empirical Fisher information as curvature, sum F d^2 / 2, where F has a
/// share of its layer's mean added. Samples that a network has learned have gradients of almost 0, and would leave
/// almost no information on the weights that it knows them by; and what is left out, F off the diagonal, makes large
/// weights matter more than F alone says.
/// Source: Theis et al. 2018, "Faster gaze prediction with dense networks and Fisher pruning", arXiv 1801.05787;
/// Singh and Alistarh 2020, "WoodFisher", arXiv 2004.14340, for the damping.
struct fisher {
  static constexpr data needs = data::fisher;

  double damping = 1;  ///< the share of the mean that is added, >= 0; 0: the information alone; large: as rank::l2

  /// @param information  of all weights of a layer.
  /// @return the share of its mean that is added to each.
  /// @throws argument_error if the damping is out of range.
  template <class Value>
  [[nodiscard]] double added(std::span<const Value> information) const {
    if (!(damping >= 0 && std::isfinite(damping))) {
      reject<argument_error>("rank::fisher", {"damping ", damping}, {"0 or more"});
    }
    double sum = 0;
    for (const Value number : information) {
      sum += static_cast<double>(number);
    }
    return information.empty() ? 0 : damping * sum / static_cast<double>(information.size());
  }
  [[nodiscard]] static double cost(double change, double information) noexcept {
    return 0.5 * information * change * change;
  }
  [[nodiscard]] static double finish(double sum) noexcept { return sum; }
};
static_assert(ranking<fisher>);

}  // namespace espalier::inline v0::rank

#endif
