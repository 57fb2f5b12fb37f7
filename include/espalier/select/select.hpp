// SPDX-License-Identifier: Apache-2.0
// Decides which groups of a network to keep, so that its resources stay within a budget at the least loss.
#ifndef ESPALIER_SELECT_SELECT_HPP
#define ESPALIER_SELECT_SELECT_HPP

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/knapsack/problem.hpp>
#include <espalier/knapsack/solve.hpp>
#include <espalier/select/live_weights.hpp>
#include <espalier/select/selection.hpp>

namespace espalier::inline v0::select {

namespace detail {

/// What pruning may leave of a resource: whole units, and no unit lost to a rounding of (1 - s) R.
[[nodiscard]] inline std::int64_t budget_of(std::int64_t usage, double sparsity) {
  const auto whole = static_cast<double>(usage);
  return static_cast<std::int64_t>(std::floor((1 - sparsity) * whole + (std::max)(1e-9, 1e-14 * whole)));
}

/// The value of keeping a group: what the cheapest change of it would lose.
template <std::size_t M>
[[nodiscard]] double loss_of(const candidate<M>& c, std::size_t group) {
  const bool both = !c.prune.empty() && !c.share.empty();
  if (both) {
    return (std::min)(c.prune[group], c.share[group]);
  }
  return c.share.empty() ? c.prune[group] : c.share[group];
}

/// What is done with a group that is not kept; a tie means prune.
template <std::size_t M>
[[nodiscard]] mask::action change_of(const candidate<M>& c, std::size_t group) {
  const bool share = !c.share.empty() && (c.prune.empty() || c.share[group] < c.prune[group]);
  return share ? mask::action::share : mask::action::prune;
}

/// A knapsack over the layers that take part, in units that make all savings whole numbers.
template <std::size_t M>
struct layer_knapsack {
  std::vector<std::size_t> layers;       ///< candidates that take part, in order
  std::int64_t unit = 1;                 ///< savings are multiples of 1 / unit
  std::array<std::int64_t, M> usage{};   ///< in whole units of the resource
  std::array<std::int64_t, M> fixed{};   ///< times unit: used, but freed by no group
  std::array<std::int64_t, M> budget{};  ///< in whole units of the resource
  std::vector<double> values;            ///< one per group of all these layers
  knapsack::problem<double> problem;
};

/// Sets up the problem of the given layers under the given sparsities.
template <std::size_t M>
[[nodiscard]] layer_knapsack<M> pack(std::span<const candidate<M>> candidates, std::vector<std::size_t> layers,
                                     const std::vector<double>& sparsity) {
  layer_knapsack<M> k;
  k.layers = std::move(layers);
  for (const std::size_t l : k.layers) {
    k.unit = std::lcm(k.unit, candidates[l].savings.denominator);
  }
  for (const std::size_t l : k.layers) {
    const auto& savings = candidates[l].savings;
    const std::int64_t factor = k.unit / savings.denominator;
    for (std::size_t r = 0; r < M; ++r) {
      k.usage[r] += savings.usage[r];
      k.fixed[r] += savings.usage[r] * k.unit;
    }
    for (const auto& run : savings.savings) {
      k.problem.runs.push_back(
          {static_cast<std::uint32_t>(k.problem.weights.size() / M), static_cast<std::uint64_t>(run.count)});
      for (std::size_t r = 0; r < M; ++r) {
        k.problem.weights.push_back(run.saving[r] * factor);
        k.fixed[r] -= run.saving[r] * factor * static_cast<std::int64_t>(run.count);
      }
    }
    for (std::size_t group = 0; group < candidates[l].groups->count(); ++group) {
      k.values.push_back(loss_of(candidates[l], group));
    }
  }
  for (std::size_t r = 0; r < M; ++r) {
    k.budget[r] = budget_of(k.usage[r], sparsity.size() == 1 ? sparsity[0] : sparsity[r]);
    k.problem.capacities.push_back((std::max)(std::int64_t{0}, k.budget[r] * k.unit - k.fixed[r]));
  }
  return k;
}

/// Names the first resource whose fixed use alone exceeds the budget.
template <std::size_t M, class Names>
[[nodiscard]] std::string unreachable(const layer_knapsack<M>& k, const Names& names) {
  for (std::size_t r = 0; r < M; ++r) {
    if (k.fixed[r] > k.budget[r] * k.unit) {
      const std::int64_t least = (k.fixed[r] + k.unit - 1) / k.unit;
      return std::string(names[r]) + " cannot go below " + std::to_string(least) + ", the budget is " +
             std::to_string(k.budget[r]);
    }
  }
  return {};
}

/// Writes what a solved knapsack keeps into the decisions of its layers.
template <std::size_t M>
void take_over(std::span<const candidate<M>> candidates, const layer_knapsack<M>& k, const knapsack::solution& solved,
               selection& result) {
  std::size_t item = 0;
  for (const std::size_t l : k.layers) {
    const auto& savings = candidates[l].savings;
    layer_decision& decision = result.layers[l];
    decision.actions.clear();
    std::vector<std::int64_t> left(M);
    for (std::size_t r = 0; r < M; ++r) {
      left[r] = savings.usage[r] * savings.denominator;
    }
    std::size_t group = 0;
    for (const auto& run : savings.savings) {
      for (std::size_t i = 0; i < run.count; ++i, ++group, ++item) {
        const bool kept = solved.kept[item] != 0;
        decision.actions.push_back(kept ? mask::action::keep : change_of(candidates[l], group));
        for (std::size_t r = 0; r < M && !kept; ++r) {
          left[r] -= run.saving[r];
        }
      }
    }
    decision.used.resize(M);
    for (std::size_t r = 0; r < M; ++r) {
      decision.used[r] = (left[r] + savings.denominator - 1) / savings.denominator;
    }
  }
}

/// Solves one knapsack and adds its numbers to the result.
template <std::size_t M, class Names>
void decide(std::span<const candidate<M>> candidates, layer_knapsack<M> k, const options& o, const Names& names,
            selection& result) {
  k.problem.values = k.values;
  const knapsack::solution solved = knapsack::solve(k.problem, o.knapsack);
  take_over(candidates, k, solved, result);
  for (std::size_t r = 0; r < M; ++r) {
    result.usage[r] += k.usage[r];
    result.budget[r] += k.budget[r];
    const std::int64_t kept = k.fixed[r] + solved.used[r];
    result.used[r] += (kept + k.unit - 1) / k.unit;
  }
  result.value += solved.value;
  result.bound += solved.bound;
  result.status = (std::max)(result.status, solved.status);
  if (std::string why = unreachable(k, names); !why.empty()) {
    result.status = knapsack::status::infeasible;
    result.out_of_reach = result.out_of_reach.empty() ? std::move(why) : result.out_of_reach;
  }
}

template <std::size_t M>
[[nodiscard]] selection empty_selection(std::span<const candidate<M>> candidates) {
  selection result;
  result.usage.assign(M, 0);
  result.budget.assign(M, 0);
  result.used.assign(M, 0);
  for (const candidate<M>& c : candidates) {
    const std::vector<std::int64_t> usage(c.savings.usage.begin(), c.savings.usage.end());
    result.layers.push_back({c.savings.note, {}, usage, usage});
  }
  return result;
}

/// Sets the losses of kept groups without a live weight to 0. False if there is none.
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
      if (alive[group] == 0 && chosen.layers[l].actions[group] == mask::action::keep && c.prune[group] > 0) {
        c.prune[group] = 0;
        any = true;
      }
    }
  }
  return any;
}

template <std::size_t M>
void expect_options(std::span<const candidate<M>> candidates, const options& o) {
  if (o.sparsity.size() != 1 && o.sparsity.size() != M) {
    throw shape_error(error_message("select::select", std::to_string(o.sparsity.size()) + " sparsities",
                                    "1 or " + std::to_string(M) + ", one per resource"));
  }
  for (const double s : o.sparsity) {
    if (!(s >= 0 && s <= 1)) {
      throw argument_error(error_message("select::select", "sparsity " + std::to_string(s), "0 to 1"));
    }
  }
  for (const candidate<M>& c : candidates) {
    const std::size_t groups = c.groups ? c.groups->count() : 0;
    for (const auto* losses : {&c.prune, &c.share}) {
      if (c.groups && !losses->empty() && losses->size() != groups) {
        throw shape_error(error_message("select::select",
                                        std::to_string(losses->size()) + " losses of layer '" + c.attributes.name + "'",
                                        std::to_string(groups) + ", one per group"));
      }
    }
    if (c.groups && c.prune.empty() && c.share.empty()) {
      throw argument_error(error_message("select::select", "no losses of layer '" + c.attributes.name + "'",
                                         "losses of pruning, of sharing or both"));
    }
  }
}

}  // namespace detail

/// Chooses what to keep in every layer: the largest sum of losses of kept groups within (1 - sparsity) of the usage of
/// all layers that take part, in every resource. What is not kept takes its cheaper action, and frees the same by
/// either.
/// @param candidates  the layers of a network, in the order in which data takes them.
/// @param o           sparsity, scope and limits.
/// @param names       the resources' names, for messages.
/// @return the decision with the knapsack's value, bound and status. If the budget is out of reach, all that costs is
///         pruned and out_of_reach says why.
/// @throws argument_error for a sparsity outside 0 to 1 or missing losses; shape_error if sizes differ; what
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
  if (o.scope == scope::local) {
    selection result = detail::empty_selection(layers);
    for (const std::size_t l : taking_part) {
      detail::decide(layers, detail::pack(layers, {l}, o.sparsity), o, names, result);
    }
    return result;
  }
  constexpr std::size_t most_rounds = 30;
  for (std::size_t round = 0;; ++round) {
    selection result = detail::empty_selection(layers);
    detail::decide(layers, detail::pack(layers, taking_part, o.sparsity), o, names, result);
    result.live_rounds = round;
    if (!o.live || round == most_rounds || !detail::devalue_dead_groups(candidates, result)) {
      return result;
    }
  }
}

}  // namespace espalier::inline v0::select

#endif
