// SPDX-License-Identifier: Apache-2.0
// Decides which groups of a network to keep, so that its resources stay within a budget at the least loss.
#ifndef ESPALIER_SELECT_SELECT_HPP
#define ESPALIER_SELECT_SELECT_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <espalier/base/compiled_once.hpp>
#include <espalier/select/detail/decide.hpp>
#include <espalier/select/detail/expect.hpp>
#include <espalier/select/live_weights.hpp>
#include <espalier/select/selection.hpp>

namespace espalier::inline v0::select {

namespace detail {

template <std::size_t M>
[[nodiscard]] selection empty_selection(std::span<const candidate<M>> candidates) {
  selection result;
  result.usage.assign(M, 0);
  result.budget.assign(M, 0);
  result.used.assign(M, 0);
  for (const candidate<M>& c : candidates) {
    const std::vector<std::int64_t> usage(c.savings.usage.begin(), c.savings.usage.end());
    result.layers.push_back({c.groups ? c.savings.remark : c.savings.note, {}, usage, usage});
  }
  return result;
}

/// Sets the losses of kept and of shared groups without a live weight to 0. False if there is none.
template <std::size_t M>
[[nodiscard]] bool devalue_dead_groups(std::vector<candidate<M>>& candidates, const selection& chosen) {
  std::vector<connection> network;
  for (std::size_t l = 0; l < candidates.size(); ++l) {
    network.push_back(
        {&candidates[l].attributes, std::vector<std::uint8_t>(candidates[l].attributes.kernel_shape.size(), 1)});
    if (candidates[l].groups) {
      candidates[l].groups->visit([&](std::size_t group, std::size_t index) {
        network[l].present[index] = chosen.layers[l].actions[group] == mask::action::prune ? 0 : 1;
      });
    }
  }
  const auto live = live_weights(network);
  bool any = false;
  for (std::size_t l = 0; l < candidates.size(); ++l) {
    candidate<M>& c = candidates[l];
    if (!c.groups || c.prune.empty()) {
      continue;
    }
    std::vector<std::uint8_t> alive(c.groups->count(), 0);
    c.groups->visit([&](std::size_t group, std::size_t index) { alive[group] |= live[l][index]; });
    for (std::size_t group = 0; group < alive.size(); ++group) {
      if (alive[group] == 0 && chosen.layers[l].actions[group] != mask::action::prune && c.prune[group] > 0) {
        c.prune[group] = 0;
        any = true;
      }
    }
  }
  return any;
}

}  // namespace detail

/// Chooses what to keep in every layer: the largest sum of losses of kept groups within (1 - sparsity) of the usage of
/// all layers that take part, in every resource. Where a layer may be pruned and shared, each group is kept, shared or
/// pruned: a shared one is worth what pruning it would lose more, and frees what `options::sharing_saves` says. Under
/// `what_pruning_saves` what is not kept takes its cheaper action; a tie means prune.
/// @param candidates  the layers of a network, in the order in which data takes them.
/// @param o           sparsity, scope, budgets of single layers, limits.
/// @param names       the resources' names, for messages.
/// @return the decision with the knapsack's value, bound and status. If a budget is out of reach, all that costs (but
///         the minimum of groups, if one was asked for) is pruned and out_of_reach says why. With a minimum of groups
///         in a layer whose groups save different amounts or may be shared, the status may be feasible (the bound says
///         how much may be lost), and with several resources such a minimum may be said to be out of reach though
///         others would fit.
/// @throws argument_error for a sparsity outside 0 to 1, losses that are missing, negative or not finite, two layers of
///         one name, a budget of an unknown layer, or savings that overflow; shape_error if sizes differ; what
///         knapsack::solve throws.
/// Complexity: that of the knapsack, at most 30 times over if groups without a path have to be given up.
template <std::size_t M>
[[nodiscard]] selection select(std::vector<candidate<M>> candidates, const options& o,
                               const std::array<std::string_view, M>& names) {
  const std::span<const candidate<M>> layers = candidates;
  detail::expect_options(layers, o);
  std::vector<std::size_t> taking_part;
  for (std::size_t l = 0; l < candidates.size(); ++l) {
    if (candidates[l].groups) {
      taking_part.push_back(l);
    }
  }
  const auto share = detail::settle_sharing<M>(candidates, o.sharing_saves);
  const detail::decider<M> decide({layers, share}, o, names);
  if (o.scope == scope::local) {
    selection result = detail::empty_selection(layers);
    for (const std::size_t l : taking_part) {
      decide.alone(l, result);
    }
    return result;
  }
  constexpr std::size_t most_rounds = 30;
  for (std::size_t round = 0;; ++round) {
    selection result = detail::empty_selection(layers);
    decide.together(taking_part, result);
    result.live_rounds = round;
    if (!o.live || round == most_rounds || !detail::devalue_dead_groups(candidates, result)) {
      return result;
    }
  }
}

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE selection select<1>(std::vector<candidate<1>> candidates, const options& o,
                                           const std::array<std::string_view, 1>& names);
ESPALIER_COMPILED_ONCE selection select<2>(std::vector<candidate<2>> candidates, const options& o,
                                           const std::array<std::string_view, 2>& names);
#endif

}  // namespace espalier::inline v0::select

#endif
