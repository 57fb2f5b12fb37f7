// SPDX-License-Identifier: Apache-2.0
// The concept of a ranking: what it costs to change a weight, and how the costs of a group join.
#ifndef ESPALIER_RANK_RANKING_HPP
#define ESPALIER_RANK_RANKING_HPP

#include <concepts>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/structure/grouping.hpp>

namespace espalier::inline v0::rank {

/// What a ranking has to know of every weight beside the weight itself.
enum class data : std::uint8_t {
  nothing,
  gradient,          ///< of the loss, or its mean absolute value over mini-batches
  curvature,         ///< the diagonal of the Hessian
  fisher,            ///< the mean over samples of the squared gradient
  unit_scale,        ///< what unit_scales makes of the scales of a batch normalization
  activation_length  ///< what spread_over_inputs makes of the lengths of the input activations
};

/// A ranking that adds up: the loss of a group under a change of its weights is
/// finish(sum over its weights of cost(change, datum)).
///
/// - `needs`: which number per weight comes as `datum` (0 for data::nothing).
/// - `cost(change, datum)`: >= 0, and additive over weights.
/// - `finish(sum)`: does not change the order of groups within a layer.
/// - optional: `added(data)`, what is added to the datum of each weight of a layer before `cost` sees it, for a
///   std::span of the data of all of them; 0 unless said.
template <class Ranking>
concept additive_ranking = requires(const Ranking& r, double number) {
  { Ranking::needs } -> std::convertible_to<data>;
  { r.cost(number, number) } -> std::convertible_to<double>;
  { r.finish(number) } -> std::convertible_to<double>;
};

/// A ranking that looks at all groups of a kernel together, or at none of their weights.
///
/// - `prune(groups, kernel)` and `share(groups, kernel)`: one loss >= 0 per group.
template <class Ranking>
concept group_ranking = requires(const Ranking& r, const structure::grouping& groups, std::span<const double> wide,
                                 std::span<const float> narrow) {
  { r.prune(groups, wide) } -> std::same_as<std::vector<double>>;
  { r.share(groups, wide) } -> std::same_as<std::vector<double>>;
  { r.prune(groups, narrow) } -> std::same_as<std::vector<double>>;
  { r.share(groups, narrow) } -> std::same_as<std::vector<double>>;
};

/// Says what it costs to change a group of weights.
template <class Ranking>
concept ranking = additive_ranking<Ranking> || group_ranking<Ranking>;

/// What a ranking needs of every weight; a group_ranking needs nothing.
template <ranking Ranking>
inline constexpr data needs_of = data::nothing;
template <additive_ranking Ranking>
inline constexpr data needs_of<Ranking> = Ranking::needs;

}  // namespace espalier::inline v0::rank

#endif
