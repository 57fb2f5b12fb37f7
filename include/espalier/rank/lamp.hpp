// SPDX-License-Identifier: Apache-2.0
// Normalization: layer-adaptive, the default.
#ifndef ESPALIER_RANK_LAMP_HPP
#define ESPALIER_RANK_LAMP_HPP

#include <cstddef>
#include <span>
#include <vector>

#include <espalier/rank/detail/expect_losses.hpp>
#include <espalier/rank/detail/visit_falling.hpp>
#include <espalier/rank/normalization.hpp>

namespace espalier::inline v0::rank {

/// Layer-adaptive: a loss as a share of what would be left in the layer if all smaller ones were gone. The largest
/// group of every layer has value 1, so prices rise as a layer empties and no layer collapses.
/// Complexity: O(groups), by radix.
/// Source: Lee et al. 2021, "Layer-adaptive sparsity for the magnitude-based pruning", arXiv 2010.07611.
struct lamp {
  static constexpr bool additive = true;
  [[nodiscard]] std::vector<double> operator()(std::span<const double> losses) const {
    detail::expect_losses(losses, "rank::lamp");
    std::vector<double> divisors(losses.size());
    double left = 0;
    detail::visit_falling(losses, [&](double loss, std::size_t group) {
      left += loss;
      divisors[group] = left;
    });
    return divisors;
  }
};
static_assert(normalization<lamp>);

}  // namespace espalier::inline v0::rank

#endif
