// SPDX-License-Identifier: Apache-2.0
// Joins what is known of a layer, what an objective says of it and what a ranking makes of its weights.
#ifndef ESPALIER_SELECT_MAKE_CANDIDATE_HPP
#define ESPALIER_SELECT_MAKE_CANDIDATE_HPP

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/objective/objective.hpp>
#include <espalier/rank/detail/expect_losses.hpp>
#include <espalier/rank/losses.hpp>
#include <espalier/rank/normalization.hpp>
#include <espalier/rank/ranking.hpp>
#include <espalier/select/selection.hpp>
#include <espalier/structure/grouping.hpp>
#include <espalier/structure/rules.hpp>
#include <espalier/structure/size_run.hpp>
#include <espalier/structure/size_runs.hpp>

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
  rank::detail::expect_losses(sums, "select::make_candidate", " of layer '" + layer + "'");
  return sums;
}

/// Why a layer does not take part though the objective could save something.
[[nodiscard]] inline std::string why_left_alone(const attributes::layer_attributes& layer, bool can_share) {
  if (!layer.optimizable) {
    return "left alone as asked";
  }
  return layer.prune || can_share ? "" : "no action is on";
}

/// The groups of a layer; where they depend on scores, these are the costs of pruning single weights.
template <class Value, rank::ranking Ranking>
[[nodiscard]] structure::grouping form_groups(const structure::rule& rule, const extents& shape,
                                              const rank::weight_data<Value>& data, const Ranking& ranking) {
  std::vector<double> scores;
  if (structure::needs_scores(rule)) {
    scores = rank::prune_costs(structure::grouping(structure::unstructured{}, shape), data, ranking);
  }
  return {rule, shape, scores};
}

/// An objective of the user's own may get its numbers wrong; the knapsack must not be the first to notice.
template <std::size_t M>
void expect_savings(const attributes::layer_attributes& layer, const objective::layer_savings<M>& savings,
                    std::size_t groups) {
  const auto expect = [&](bool right, const std::string& got, const std::string& expected) {
    if (!right) {
      throw argument_error(error_message("select::make_candidate", "layer '" + layer.name + "' with " + got, expected));
    }
  };
  std::size_t count = 0;
  for (const auto& run : savings.savings) {
    count += run.count;
    for (const std::int64_t saving : run.saving) {
      expect(saving >= 0, "a saving of " + std::to_string(saving), "savings >= 0");
    }
  }
  expect(count == groups, "savings of " + std::to_string(count) + " groups",
         std::to_string(groups) + ", as its rule makes");
  expect(savings.denominator >= 1, "denominator " + std::to_string(savings.denominator), "1 or more");
  for (const std::int64_t usage : savings.usage) {
    expect(usage >= 0, "a usage of " + std::to_string(usage), "usages >= 0");
  }
}

/// What a ranking needs of every weight, in words.
[[nodiscard]] constexpr std::string_view name_of(rank::data data) noexcept {
  switch (data) {
    case rank::data::gradient:
      return "gradient";
    case rank::data::curvature:
      return "curvature";
    case rank::data::fisher:
      return "Fisher information";
    case rank::data::unit_scale:
      return "unit scales";
    case rank::data::activation_length:
      return "activation lengths";
    case rank::data::nothing:
      break;
  }
  return "data";
}

/// Refuses numbers of another size, and, if asked to look, those that are not finite, by the layer's name.
template <class Value>
void expect_numbers(const attributes::layer_attributes& layer, std::span<const Value> numbers, std::string_view what,
                    bool look) {
  const std::string whose = "layer '" + layer.name + "' with ";
  const std::size_t weights = layer.kernel_shape.size();
  if (numbers.size() != weights) {
    throw shape_error(error_message("select::make_candidate",
                                    whose + std::to_string(numbers.size()) + " numbers of the " + std::string(what),
                                    std::to_string(weights) + ", one per weight"));
  }
  for (std::size_t i = 0; look && i < numbers.size(); ++i) {
    if (!std::isfinite(numbers[i])) {
      throw numeric_error(error_message(
          "select::make_candidate",
          whose + "number " + std::to_string(i) + " of the " + std::string(what) + " not finite", "finite numbers"));
    }
  }
}

template <rank::ranking Ranking, class Value>
void expect_data(const attributes::layer_attributes& layer, const rank::weight_data<Value>& data, bool look) {
  expect_numbers(layer, data.kernel, "kernel", look);
  if constexpr (rank::needs_of<Ranking> != rank::data::nothing) {
    expect_numbers(layer, data.datum, name_of(rank::needs_of<Ranking>), look);
  }
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
  std::vector<std::array<std::int64_t, M>> of_group;
  for (const auto& run : savings.savings) {
    of_group.insert(of_group.end(), run.count, run.saving);
  }
  visit_single_weights(sizes, [&](std::size_t group) { of_group[group] = {}; });
  for (const auto& saving : of_group) {
    if (result.empty() || result.back().saving != saving) {
      result.push_back({0, saving});
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

}  // namespace detail

/// @param layer      attributes of the layer.
/// @param savings    what the objective says of it.
/// @param data       its kernel and, if the ranking needs it, one number per weight.
/// @param v          ranking and normalization.
/// @return the layer, ready for `select`; without groups, and with a note, if it does not take part.
/// @throws what structure::grouping throws; by the layer's name: shape_error if the numbers are not one per weight,
///         numeric_error if one is not finite, argument_error if losses or savings are negative or not as many as there
///         are groups.
/// Complexity: O(n), and that of the normalization.
template <std::size_t M, class Value, rank::ranking Ranking, rank::normalization Normalization>
[[nodiscard]] candidate<M> make_candidate(const attributes::layer_attributes& layer,
                                          objective::layer_savings<M> savings, const rank::weight_data<Value>& data,
                                          const valuation<Ranking, Normalization>& v) {
  candidate<M> result{layer, std::move(savings), {}, {}, {}};
  if (!result.savings.optimizable()) {
    return result;
  }
  std::size_t groups = 0;
  for (const structure::size_run& run : structure::size_runs(result.savings.rule, grouping_shape(layer))) {
    groups += run.count;
  }
  detail::expect_savings(layer, result.savings, groups);
  const bool can_share = layer.share && groups < layer.kernel_shape.size();  // one weight is its own mean
  result.savings.note = detail::why_left_alone(layer, can_share);
  if (!result.savings.optimizable()) {
    return result;
  }
  detail::expect_data<Ranking>(layer, data, false);
  try {
    detail::value_groups(data, v, can_share, result);
  } catch (const numeric_error&) {
    detail::expect_data<Ranking>(layer, data, true);
    throw;
  }
  return result;
}

}  // namespace espalier::inline v0::select

#endif
