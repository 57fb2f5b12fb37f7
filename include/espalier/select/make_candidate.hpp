// SPDX-License-Identifier: Apache-2.0
// Joins what is known of a layer, what an objective says of it and what a ranking makes of its weights.
#ifndef ESPALIER_SELECT_MAKE_CANDIDATE_HPP
#define ESPALIER_SELECT_MAKE_CANDIDATE_HPP

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/objective/objective.hpp>
#include <espalier/rank/losses.hpp>
#include <espalier/rank/normalization.hpp>
#include <espalier/rank/ranking.hpp>
#include <espalier/select/selection.hpp>
#include <espalier/structure/grouping.hpp>

namespace espalier::inline v0::select {

/// How groups are valued.
/// @tparam Ranking        the loss of changing a group.
/// @tparam Normalization  the common scale of the layers.
template <rank::ranking Ranking, rank::normalization Normalization>
struct valuation {
  Ranking ranking{};
  Normalization normalization{};
};

namespace detail {

/// Divides losses by the layer's divisors; x / 0 is 0.
[[nodiscard]] inline std::vector<double> divide(std::vector<double> losses, const std::vector<double>& divisors) {
  for (std::size_t group = 0; group < losses.size(); ++group) {
    losses[group] = divisors[group] > 0 ? losses[group] / divisors[group] : 0.0;
  }
  return losses;
}

template <rank::ranking Ranking, rank::normalization Normalization>
[[nodiscard]] std::vector<double> finish(std::vector<double> sums, const valuation<Ranking, Normalization>& v) {
  if constexpr (!Normalization::additive) {
    for (double& sum : sums) {
      sum = v.ranking.finish(sum);
    }
  }
  return sums;
}

/// Why a layer does not take part though the objective could save something.
[[nodiscard]] inline std::string why_left_alone(const attributes::layer_attributes& layer, bool can_share) {
  if (!layer.optimizable) {
    return "left alone as asked";
  }
  return layer.prune || can_share ? "" : "no action is on";
}

}  // namespace detail

/// @param layer      attributes of the layer.
/// @param savings    what the objective says of it.
/// @param data       its kernel and, if the ranking needs it, one number per weight.
/// @param v          ranking and normalization.
/// @return the layer, ready for `select`; without groups, and with a note, if it does not take part.
/// @throws what structure::grouping and rank::prune_costs throw.   Complexity: O(n), and that of the normalization.
template <std::size_t M, class Value, rank::ranking Ranking, rank::normalization Normalization>
[[nodiscard]] candidate<M> make_candidate(const attributes::layer_attributes& layer,
                                          objective::layer_savings<M> savings, const rank::weight_data<Value>& data,
                                          const valuation<Ranking, Normalization>& v) {
  candidate<M> result{layer, std::move(savings), {}, {}, {}};
  if (!result.savings.optimizable()) {
    return result;
  }
  const structure::grouping groups(result.savings.rule, layer.kernel_shape);
  const bool can_share = layer.share && groups.count() < groups.weights();  // a group of one weight is its own mean
  result.savings.note = detail::why_left_alone(layer, can_share);
  if (!result.savings.optimizable()) {
    return result;
  }
  result.groups = groups;
  std::vector<double> prune = detail::finish(rank::prune_costs(groups, data, v.ranking), v);
  const std::vector<double> divisors = v.normalization(prune);
  if (can_share) {
    result.share = detail::divide(detail::finish(rank::share_costs(groups, data, v.ranking), v), divisors);
  }
  if (layer.prune) {
    result.prune = detail::divide(std::move(prune), divisors);
  }
  return result;
}

}  // namespace espalier::inline v0::select

#endif
