// SPDX-License-Identifier: Apache-2.0
// What a run depends on, so that a saved one is not gone on with under other conditions.
#ifndef ESPALIER_PRUNE_DETAIL_IDENTITY_OF_HPP
#define ESPALIER_PRUNE_DETAIL_IDENTITY_OF_HPP

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <espalier/base/extents.hpp>
#include <espalier/base/fingerprint.hpp>
#include <espalier/prune/trainer.hpp>
#include <espalier/rank/losses.hpp>
#include <espalier/rank/ranking.hpp>
#include <espalier/structure/grouping.hpp>
#include <espalier/structure/rules.hpp>

namespace espalier::inline v0::prune::detail {

/// @return a sum of what a ranking says of some fixed weights: it stands for its type and all its settings.
template <rank::ranking Ranking>
[[nodiscard]] std::uint64_t behaviour_of_ranking(const Ranking& ranking) {
  constexpr std::array<double, 6> kernel{-1.5, 0.25, 2, -0.125, 1, -3};
  constexpr std::array<double, 6> datum{0.5, 3, 1e-3, 0, 8, 0.25};
  const structure::grouping pairs(structure::block{2, 1}, extents{6, 1});
  const auto costs = rank::prune_costs<Ranking, double>(pairs, {kernel, datum}, ranking);
  return fingerprint().template add_type<Ranking>().add(std::span<const double>(costs)).value();
}

/// Adds all settings that decide about a result, each by its name; not limits by the clock and stop requests, after
/// which a run may go on.
template <class Options>
void add_settings(const Options& o, std::vector<identity_part>& parts) {
  const auto add = [&](const char* name, const auto&... numbers) {
    fingerprint sum;
    (sum.add(numbers), ...);
    parts.push_back({name, sum.value()});
  };
  add("relative_tolerance", o.relative_tolerance);
  add("larger_is_better", o.larger_is_better);
  add("epochs", o.epochs);
  add("rewinding", o.rewinding);
  add("final_epochs", o.final_epochs);
  add("cutoff_bad_trials", o.cutoff_bad_trials);
  add("scope", o.scope);
  add("minimum_kept", o.minimum_kept);
  add("live", o.live);
  add("sharing_saves", o.sharing_saves);
  add("train_shared", o.train_shared);
  add("floor", o.floor.has_value(), o.floor.value_or(0));
  add("target", std::span<const std::int64_t>(o.target));
  add("maximum_levels", o.maximum_levels);
  add("maximum_epochs", o.maximum_epochs);
  add("limits of the knapsack", o.knapsack.work_limit, o.knapsack.memory_limit, o.knapsack.relative_gap);
  fingerprint budgets;
  for (const auto& layer : o.layers) {
    budgets.add(std::string_view(layer.layer)).add(std::span<const double>(layer.sparsity));
  }
  fingerprint strengths_of_layers;
  for (const auto& [layer, strengths] : o.regularization) {
    strengths_of_layers.add(std::string_view(layer)).add(strengths.alpha).add(strengths.beta).add(strengths.norm);
  }
  parts.push_back({"budgets of layers", budgets.value()});
  parts.push_back({"regularization", strengths_of_layers.value()});
  parts.push_back({"ranking", behaviour_of_ranking(o.valuation.ranking)});
  parts.push_back({"normalization", fingerprint().template add_type<decltype(o.valuation.normalization)>().value()});
}

/// @return the parts, in the order in which a difference is looked for.
template <class Parameters, class Layers, class Trainer, class Options>
[[nodiscard]] std::vector<identity_part> identity_of(const Parameters& parameters, const Layers& layers,
                                                     const Trainer& trainer, const Options& options) {
  using value_type = typename Parameters::value_type::value_type;
  fingerprint network;
  fingerprint weights;
  fingerprint objective;
  network.add(sizeof(value_type));
  for (const auto& parameter : parameters) {
    network.add(parameter.size());
    weights.add(std::span<const value_type>(parameter));
  }
  layers.add_to(network, objective);
  std::vector<identity_part> parts{{"layers", network.value()}};
  if constexpr (identified_trainer<Trainer>) {
    for (identity_part& part : trainer.identity()) {
      parts.push_back(std::move(part));
    }
  }
  parts.push_back({"weights before pruning", weights.value()});
  parts.push_back({"objective or hardware", objective.value()});
  add_settings(options, parts);
  return parts;
}

}  // namespace espalier::inline v0::prune::detail

#endif
