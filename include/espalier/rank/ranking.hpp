// SPDX-License-Identifier: Apache-2.0
// The concept of a ranking: what it costs to change a weight, and how the costs of a group join.
#ifndef ESPALIER_RANK_RANKING_HPP
#define ESPALIER_RANK_RANKING_HPP

#include <concepts>
#include <cstdint>

namespace espalier::inline v0::rank {

/// What a ranking has to know of every weight beside the weight itself.
enum class data : std::uint8_t {
  nothing,
  gradient,   ///< of the loss, or its mean absolute value over mini-batches
  curvature,  ///< the diagonal of the Hessian
  fisher      ///< the mean over samples of the squared gradient
};

/// The loss of a group under a change of its weights is finish(sum over its weights of cost(change, datum)).
///
/// - `needs`: which number per weight comes as `datum` (0 for data::nothing).
/// - `cost(change, datum)`: >= 0, and additive over weights.
/// - `finish(sum)`: does not change the order of groups within a layer.
template <class Ranking>
concept ranking = requires(const Ranking& r, double number) {
  { Ranking::needs } -> std::convertible_to<data>;
  { r.cost(number, number) } -> std::convertible_to<double>;
  { r.finish(number) } -> std::convertible_to<double>;
};

}  // namespace espalier::inline v0::rank

#endif
