// SPDX-License-Identifier: Apache-2.0
// The concept of a normalization: how the losses of different layers are put on one scale, so that a global selection
// can compare them.
#ifndef ESPALIER_RANK_NORMALIZATION_HPP
#define ESPALIER_RANK_NORMALIZATION_HPP

#include <concepts>
#include <span>
#include <vector>

namespace espalier::inline v0::rank {

/// Says by what the losses of each group of a layer are divided; 0 makes them 0.
///
/// - `additive`: true if it takes the sums of costs as they are, not the finished losses (l2: the square).
/// - called with the prune-losses of a layer: one divisor per group, for its prune- and its share-loss; or a single
///   one, a double, for all of them.
template <class Normalization>
concept normalization = requires(const Normalization& n, std::span<const double> losses) {
  { Normalization::additive } -> std::convertible_to<bool>;
  {n(losses)};
  requires std::same_as<decltype(n(losses)), std::vector<double>> || std::same_as<decltype(n(losses)), double>;
};

}  // namespace espalier::inline v0::rank

#endif
