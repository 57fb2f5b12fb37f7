// SPDX-License-Identifier: Apache-2.0
// Solves the knapsacks of a selection and writes down what they decide.
#ifndef ESPALIER_SELECT_DETAIL_DECIDE_HPP
#define ESPALIER_SELECT_DETAIL_DECIDE_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <espalier/knapsack/solve.hpp>
#include <espalier/select/detail/losses.hpp>
#include <espalier/select/detail/pack.hpp>
#include <espalier/select/selection.hpp>

namespace espalier::inline v0::select::detail {

/// Says why a budget cannot be met, naming resource and layer; empty if it can.
template <std::size_t M>
class reach {
 public:
  reach(std::span<const candidate<M>> candidates, const layer_knapsack<M>& k,
        const std::array<std::string_view, M>& names)
      : candidates_(candidates), k_(k), names_(names) {}

  [[nodiscard]] std::string why_not() const {
    for (std::size_t r = 0; r < M; ++r) {
      std::int64_t least = 0;
      std::int64_t forced = 0;
      const layer_share<M>* largest = nullptr;
      for (const layer_share<M>& layer : k_.layers) {
        least += layer.stuck[r];
        forced += layer.forced_use[r];
        largest = largest == nullptr || least_of(layer, r) > least_of(*largest, r) ? &layer : largest;
        if (layer.own_sparsity != nullptr) {
          const std::int64_t usage = candidates_[layer.candidate].savings.usage[r];
          const std::int64_t budget = budget_of(usage, sparsity_of(*layer.own_sparsity, r));
          if (std::string why = sentence(r, least_of(layer, r), budget, layer); !why.empty()) {
            return why;
          }
        }
      }
      least += in_whole_units(forced);
      if (std::string why = largest == nullptr ? "" : sentence(r, least, k_.budget[r], *largest); !why.empty()) {
        return why;
      }
    }
    return {};
  }

 private:
  [[nodiscard]] std::int64_t in_whole_units(std::int64_t number) const { return (number + k_.unit - 1) / k_.unit; }
  [[nodiscard]] std::int64_t least_of(const layer_share<M>& layer, std::size_t r) const {
    return layer.stuck[r] + in_whole_units(layer.forced_use[r]);
  }
  [[nodiscard]] std::string sentence(std::size_t r, std::int64_t least, std::int64_t budget,
                                     const layer_share<M>& layer) const {
    if (least <= budget) {
      return {};
    }
    return std::string(names_[r]) + " cannot go below " + std::to_string(least) + ", the budget is " +
           std::to_string(budget) + "; layer '" + candidates_[layer.candidate].attributes.name + "' keeps " +
           std::to_string(least_of(layer, r)) + (layer.forced.empty() ? " that no group frees" : " at least");
  }

  std::span<const candidate<M>> candidates_;
  const layer_knapsack<M>& k_;
  const std::array<std::string_view, M>& names_;
};

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
      group += run.count;
      item += run.count;
      for (std::size_t r = 0; r < M; ++r) {
        kept[r] += count * run.saving[r];
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

/// Decides for layers, one by one or together.
template <std::size_t M>
class decider {
 public:
  decider(std::span<const candidate<M>> candidates, const options& o, const std::array<std::string_view, M>& names)
      : candidates_(candidates), options_(o), names_(names) {}

  /// One budget for all the given layers, and budgets of their own for those that have one.
  void together(const std::vector<std::size_t>& layers, selection& result) const {
    std::vector<layer_share<M>> shares;
    for (const std::size_t l : layers) {
      shares.push_back({l, own_sparsity(l)});
    }
    run(std::move(shares), options_.sparsity, result);
  }

  /// One layer within its own budget, or else its share of the common one.
  void alone(std::size_t l, selection& result) const {
    const std::vector<double>* own = own_sparsity(l);
    std::vector<layer_share<M>> shares(1);
    shares[0].candidate = l;
    run(std::move(shares), own == nullptr ? options_.sparsity : *own, result);
  }

 private:
  [[nodiscard]] const std::vector<double>* own_sparsity(std::size_t l) const {
    for (const layer_budget& own : options_.layers) {
      if (own.layer == candidates_[l].attributes.name) {
        return &own.sparsity;
      }
    }
    return nullptr;
  }

  /// What has been tried so far to keep enough groups in every layer.
  struct trial {
    std::vector<layer_share<M>> layers;
    bool exact = true;      ///< whether some optimum keeps all groups that are forced
    bool cheapest = false;  ///< where groups save different amounts, force the cheapest, as others do not fit
  };

  /// Solves; where a layer keeps too few groups, forces its most valuable ones and solves again. If all groups of the
  /// layer save the same, some optimum keeps just these; else the first bound says what may be lost.
  void run(std::vector<layer_share<M>> layers, const std::vector<double>& sparsity, selection& result) const {
    double bound = std::numeric_limits<double>::infinity();
    trial state{std::move(layers)};
    for (;;) {
      layer_knapsack<M> k;
      k.layers = state.layers;
      packer<M>(candidates_, k)(sparsity);
      k.problem.values = k.values;
      knapsack::solution solved = knapsack::solve(k.problem, options_.knapsack);
      bound = state.exact ? (std::min)(bound, solved.bound) : bound;
      if (options_.minimum_kept > 0 && force_missing(k, solved, state)) {
        continue;
      }
      const std::string why = reach<M>(candidates_, k, names_).why_not();
      if (!why.empty() && !state.exact && !state.cheapest) {
        state.cheapest = true;
        for (layer_share<M>& layer : state.layers) {
          layer.forced.clear();
        }
        continue;
      }
      take_over(candidates_, k, solved, result);
      solved.status = state.exact ? solved.status : (std::max)(solved.status, knapsack::status::feasible);
      solved.bound = (std::max)(bound, solved.value);
      add(k, solved, why, result);
      return;
    }
  }

  /// Forces groups in layers that keep fewer than the minimum. False if there is none.
  [[nodiscard]] bool force_missing(const layer_knapsack<M>& k, const knapsack::solution& solved, trial& state) const {
    bool any = false;
    std::size_t item = 0;
    for (std::size_t l = 0; l < state.layers.size(); ++l) {
      const layer_share<M>& layer = k.layers[l];
      const candidate<M>& c = candidates_[layer.candidate];
      const std::vector<std::uint8_t> costs = costing(c);
      std::size_t kept = 0;
      std::size_t free = 0;
      for (std::size_t group = 0; group < costs.size(); ++group, ++item) {
        kept += solved.kept[item] != 0 && (layer.beyond.empty() || layer.beyond[group] == 0) ? 1U : 0U;
        free += costs[group] == 0 ? 1U : 0U;
      }
      const std::size_t least = (std::min)(options_.minimum_kept, costs.size());
      if (kept < least) {
        const auto costs_something = [&](std::size_t group) { return costs[group] != 0; };
        std::vector<std::size_t>& forced = state.layers[l].forced;
        forced = state.cheapest && !layer.alike ? cheapest(c, least - free, costs_something)
                                                : most_valuable(c, least - free, costs_something);
        std::sort(forced.begin(), forced.end());
        state.exact = state.exact && layer.alike;
        any = true;
      }
    }
    return any;
  }

  static void add(const layer_knapsack<M>& k, const knapsack::solution& solved, const std::string& why_not,
                  selection& result) {
    for (std::size_t r = 0; r < M; ++r) {
      result.usage[r] += k.usage[r];
      result.budget[r] += k.budget[r];
    }
    result.value += solved.value;
    result.bound += solved.bound;
    result.status = (std::max)(result.status, why_not.empty() ? solved.status : knapsack::status::infeasible);
    result.out_of_reach = result.out_of_reach.empty() ? why_not : result.out_of_reach;
  }

  std::span<const candidate<M>> candidates_;
  const options& options_;
  const std::array<std::string_view, M>& names_;
};

}  // namespace espalier::inline v0::select::detail

#endif
