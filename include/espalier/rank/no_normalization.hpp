// SPDX-License-Identifier: Apache-2.0
// Normalization: losses as they are.
#ifndef ESPALIER_RANK_NO_NORMALIZATION_HPP
#define ESPALIER_RANK_NO_NORMALIZATION_HPP

#include <span>

#include <espalier/rank/normalization.hpp>

namespace espalier::inline v0::rank {

/// Losses as they are.
struct no_normalization {
  static constexpr bool additive = false;
  [[nodiscard]] double operator()(std::span<const double> /*losses*/) const { return 1.0; }
};
static_assert(normalization<no_normalization>);

}  // namespace espalier::inline v0::rank

#endif
