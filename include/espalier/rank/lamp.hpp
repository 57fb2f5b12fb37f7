// SPDX-License-Identifier: Apache-2.0
// Normalization: layer-adaptive, the default.
#ifndef ESPALIER_RANK_LAMP_HPP
#define ESPALIER_RANK_LAMP_HPP

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include <espalier/rank/normalization.hpp>

namespace espalier::inline v0::rank {

/// Layer-adaptive: a loss as a share of what would be left in the layer if all smaller ones were gone. The largest
/// group of every layer has value 1, so prices rise as a layer empties and no layer collapses.
/// Complexity: O(groups log groups).
/// Source: Lee et al. 2021, "Layer-adaptive sparsity for the magnitude-based pruning", arXiv 2010.07611.
struct lamp {
  static constexpr bool additive = true;
  [[nodiscard]] std::vector<double> operator()(std::span<const double> losses) const {
    std::vector<std::size_t> order(losses.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return losses[a] < losses[b]; });
    std::vector<double> divisors(losses.size());
    double left = 0;
    for (std::size_t place = order.size(); place-- > 0;) {
      left += losses[order[place]];
      divisors[order[place]] = left;
    }
    return divisors;
  }
};
static_assert(normalization<lamp>);

}  // namespace espalier::inline v0::rank

#endif
