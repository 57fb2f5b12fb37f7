// SPDX-License-Identifier: Apache-2.0
// Joins what is known of a layer, what an objective says of it and what a ranking makes of its weights.
#ifndef ESPALIER_SELECT_MAKE_CANDIDATE_HPP
#define ESPALIER_SELECT_MAKE_CANDIDATE_HPP

#include <cstddef>
#include <utility>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/objective/objective.hpp>
#include <espalier/rank/losses.hpp>
#include <espalier/rank/normalization.hpp>
#include <espalier/rank/ranking.hpp>
#include <espalier/select/detail/expect_candidate.hpp>
#include <espalier/select/detail/value_groups.hpp>
#include <espalier/select/selection.hpp>
#include <espalier/select/valuation.hpp>
#include <espalier/structure/size_run.hpp>
#include <espalier/structure/size_runs.hpp>

namespace espalier::inline v0::select {

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
