// SPDX-License-Identifier: Apache-2.0
// Writes down what a solved knapsack keeps: actions of groups, use of layers and of the network.
#ifndef ESPALIER_SELECT_DETAIL_TAKE_OVER_HPP
#define ESPALIER_SELECT_DETAIL_TAKE_OVER_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/knapsack/solution.hpp>
#include <espalier/mask/action.hpp>
#include <espalier/select/detail/layer_knapsack.hpp>
#include <espalier/select/detail/losses.hpp>
#include <espalier/select/selection.hpp>

namespace espalier::inline v0::select::detail {

/// The actions of some groups of a layer.
struct acted_groups {
  std::size_t first = 0;  // the number of the first group
  std::span<mask::action> actions;
};

/// Turns what is kept into actions. Returns how many groups are kept.
template <std::size_t M>
[[nodiscard]] std::int64_t act(const candidate<M>& c, const layer_share<M>& layer, std::span<const std::uint8_t> kept,
                               acted_groups groups) {
  std::int64_t count = 0;
  if (c.share.empty() && layer.beyond.empty()) {
    for (std::size_t i = 0; i < kept.size(); ++i) {
      groups.actions[i] = kept[i] != 0 ? mask::action::keep : mask::action::prune;
      count += kept[i] != 0 ? 1 : 0;
    }
    return count;
  }
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const std::size_t group = groups.first + i;
    const bool keep = kept[i] != 0 && (layer.beyond.empty() || layer.beyond[group] == 0);
    groups.actions[i] = keep ? mask::action::keep : change_of(c, group);
    count += keep ? 1 : 0;
  }
  return count;
}

/// Writes down which of the groups that are not kept are shared. Returns how many.
[[nodiscard]] inline std::int64_t share(std::span<const std::uint8_t> shared, std::span<mask::action> actions) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < shared.size(); ++i) {
    actions[i] = shared[i] != 0 ? mask::action::share : actions[i];
    count += shared[i] != 0 ? 1 : 0;
  }
  return count;
}

/// Writes what a solved knapsack keeps into the decisions of its layers and into the totals.
template <std::size_t M>
void take_over(std::span<const candidate<M>> candidates, const layer_knapsack<M>& k, const knapsack::solution& solved,
               selection& result) {
  std::size_t item = 0;
  std::array<std::int64_t, M> total{};
  for (const layer_share<M>& layer : k.layers) {
    const candidate<M>& c = candidates[layer.candidate];
    layer_decision& decision = result.layers[layer.candidate];
    decision.actions.resize(c.groups->count());
    std::array<std::int64_t, M> kept{};
    std::size_t group = 0;
    for (const auto& run : c.savings.savings) {
      const std::span<mask::action> actions = std::span(decision.actions).subspan(group, run.count);
      const std::int64_t count = act(c, layer, std::span(solved.kept).subspan(item, run.count), {group, actions});
      const std::int64_t shares = k.shared.empty() ? 0 : share(std::span(k.shared).subspan(item, run.count), actions);
      group += run.count;
      item += run.count;
      for (std::size_t r = 0; r < M; ++r) {
        kept[r] += count * run.saving[r] + shares * (run.saving[r] - run.sharing[r]);
      }
    }
    decision.used.resize(M);
    for (std::size_t r = 0; r < M; ++r) {
      decision.used[r] = layer.stuck[r] + (kept[r] + c.savings.denominator - 1) / c.savings.denominator;
      total[r] += kept[r] * layer.factor;
      result.used[r] += layer.stuck[r];
    }
  }
  for (std::size_t r = 0; r < M; ++r) {
    result.used[r] += (total[r] + k.unit - 1) / k.unit;
  }
}

}  // namespace espalier::inline v0::select::detail

#endif
