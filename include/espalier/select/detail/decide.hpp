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
#include <utility>
#include <vector>

#include <espalier/knapsack/solve.hpp>
#include <espalier/select/detail/choose_actions.hpp>
#include <espalier/select/detail/layer_knapsack.hpp>
#include <espalier/select/detail/losses.hpp>
#include <espalier/select/detail/pack.hpp>
#include <espalier/select/detail/reach.hpp>
#include <espalier/select/detail/sharing.hpp>
#include <espalier/select/detail/take_over.hpp>
#include <espalier/select/selection.hpp>

namespace espalier::inline v0::select::detail {

/// Decides for layers, one by one or together.
template <std::size_t M>
class decider {
 public:
  decider(const sharing_candidates<M>& candidates, const options& o, const std::array<std::string_view, M>& names)
      : candidates_(candidates.layers), share_(candidates.share), options_(o), names_(names) {}

  /// One budget for all the given layers, and budgets of their own for those that have one.
  void together(const std::vector<std::size_t>& layers, selection& result) const {
    std::vector<layer_share<M>> shares;
    for (const std::size_t l : layers) {
      shares.push_back({.candidate = l, .own_sparsity = own_sparsity(l), .alike = share_[l].empty()});
    }
    run(std::move(shares), options_.sparsity, result);
  }

  /// One layer within its own budget, or else its share of the common one.
  void alone(std::size_t l, selection& result) const {
    const std::vector<double>* own = own_sparsity(l);
    std::vector<layer_share<M>> shares(1);
    shares[0].candidate = l;
    shares[0].alike = share_[l].empty();
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
      knapsack::solution solved = solve(k);
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

  [[nodiscard]] knapsack::solution solve(layer_knapsack<M>& k) const {
    for (const layer_share<M>& layer : k.layers) {
      if (!share_[layer.candidate].empty()) {
        return action_chooser<M>({candidates_, share_}, k)(options_.knapsack);
      }
    }
    return knapsack::solve(k.problem, options_.knapsack);
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
  std::span<const std::vector<double>> share_;
  const options& options_;
  const std::array<std::string_view, M>& names_;
};

}  // namespace espalier::inline v0::select::detail

#endif
