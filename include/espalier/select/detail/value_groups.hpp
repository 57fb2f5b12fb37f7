// SPDX-License-Identifier: Apache-2.0
// Forms the groups of a layer and says what pruning and sharing them costs.
#ifndef ESPALIER_SELECT_DETAIL_VALUE_GROUPS_HPP
#define ESPALIER_SELECT_DETAIL_VALUE_GROUPS_HPP

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/view_of.hpp>
#include <espalier/objective/objective.hpp>
#include <espalier/rank/detail/expect_losses.hpp>
#include <espalier/rank/losses.hpp>
#include <espalier/rank/normalization.hpp>
#include <espalier/rank/ranking.hpp>
#include <espalier/select/selection.hpp>
#include <espalier/select/valuation.hpp>
#include <espalier/structure/grouping.hpp>
#include <espalier/structure/rules.hpp>
#include <espalier/structure/size_run.hpp>
#include <espalier/structure/size_runs.hpp>

namespace espalier::inline v0::select::detail {

/// Divides losses by the layer's divisors; x / 0 is 0.
[[nodiscard]] inline std::vector<double> divide(std::vector<double> losses, const std::vector<double>& divisors) {
  for (std::size_t group = 0; group < losses.size(); ++group) {
    losses[group] = divisors[group] > 0 ? losses[group] / divisors[group] : 0.0;
  }
  return losses;
}
[[nodiscard]] inline std::vector<double> divide(std::vector<double> losses, double divisor) {
  for (double& loss : losses) {
    loss = divisor > 0 ? loss / divisor : 0.0;
  }
  return losses;
}

/// The losses of a layer, as its normalization takes them; a ranking of the user's own may get them wrong.
template <rank::ranking Ranking, rank::normalization Normalization>
[[nodiscard]] std::vector<double> finish(std::vector<double> sums, const valuation<Ranking, Normalization>& v,
                                         const std::string& layer) {
  if constexpr (rank::additive_ranking<Ranking> && !Normalization::additive) {
    for (double& sum : sums) {
      sum = v.ranking.finish(sum);
    }
  }
  rank::detail::expect_losses(view_of(sums), "select::make_candidate", " of layer '" + layer + "'");
  return sums;
}

/// The groups of a layer; where they depend on scores, these are the costs of pruning single weights.
template <class Value, rank::ranking Ranking>
[[nodiscard]] structure::grouping form_groups(const structure::rule& rule, const extents& shape,
                                              const rank::weight_data<Value>& data, const Ranking& ranking) {
  std::vector<double> scores;
  if (structure::needs_scores(rule)) {
    scores = rank::prune_costs(structure::grouping(structure::unstructured{}, shape), data, ranking);
  }
  return {rule, shape, view_of(scores)};
}

/// Calls action(group) for every group of one weight. Such a group is its own mean, so sharing it changes nothing.
template <class Action>
void visit_single_weights(const std::vector<structure::size_run>& sizes, Action&& action) {
  std::size_t group = 0;
  for (const structure::size_run& run : sizes) {
    for (const std::size_t end = group + run.count; group < end; ++group) {
      if (run.weights == 1) {
        action(group);
      }
    }
  }
}

/// Where groups can only be shared, those of one weight save nothing.
template <std::size_t M>
void withdraw_single_weights(const std::vector<structure::size_run>& sizes, objective::layer_savings<M>& savings) {
  std::vector<objective::saving_run<M>> result;
  std::vector<objective::saving_run<M>> of_group;
  for (const auto& run : savings.savings) {
    of_group.insert(of_group.end(), run.count, {1, run.saving, run.sharing});
  }
  visit_single_weights(sizes, [&](std::size_t group) { of_group[group] = {1, {}, {}}; });
  for (const auto& one : of_group) {
    if (result.empty() || result.back().saving != one.saving || result.back().sharing != one.sharing) {
      result.push_back({0, one.saving, one.sharing});
    }
    ++result.back().count;
  }
  savings.savings = std::move(result);
}

/// Forms the groups of a layer and says what pruning and sharing them costs.
template <std::size_t M, class Value, rank::ranking Ranking, rank::normalization Normalization>
void value_groups(const rank::weight_data<Value>& data, const valuation<Ranking, Normalization>& v, bool can_share,
                  candidate<M>& result) {
  const attributes::layer_attributes& layer = result.attributes;
  const extents shape = grouping_shape(layer);
  result.groups = form_groups(result.savings.rule, shape, data, v.ranking);
  std::vector<double> prune = finish(rank::prune_costs(*result.groups, data, v.ranking), v, layer.name);
  const auto divisors = v.normalization(prune);
  if (can_share) {
    result.share = divide(finish(rank::share_costs(*result.groups, data, v.ranking), v, layer.name), divisors);
  }
  if (layer.prune) {
    result.prune = divide(std::move(prune), divisors);
  }
  const std::vector<structure::size_run> sizes = structure::size_runs(result.savings.rule, shape);
  if (can_share && layer.prune) {
    visit_single_weights(sizes, [&](std::size_t group) { result.share[group] = result.prune[group]; });
  } else if (can_share) {
    withdraw_single_weights(sizes, result.savings);
  }
}

}  // namespace espalier::inline v0::select::detail

#endif
