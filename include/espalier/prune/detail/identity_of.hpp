// SPDX-License-Identifier: Apache-2.0
// What a run depends on, so that a saved one is not gone on with under other conditions.
#ifndef ESPALIER_PRUNE_DETAIL_IDENTITY_OF_HPP
#define ESPALIER_PRUNE_DETAIL_IDENTITY_OF_HPP

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <espalier/base/fingerprint.hpp>
#include <espalier/prune/trainer.hpp>

namespace espalier::inline v0::prune::detail {

/// All settings that decide about a result; not limits by the clock and stop requests, after which a run may go on.
template <class Options>
[[nodiscard]] std::uint64_t fingerprint_of(const Options& o) {
  fingerprint sum;
  sum.add(o.relative_tolerance).add(o.larger_is_better).add(o.epochs).add(o.rewinding).add(o.final_epochs);
  sum.add(o.cutoff_bad_trials).add(o.scope).add(o.minimum_kept).add(o.live).add(o.sharing_saves);
  sum.add(o.floor.has_value()).add(o.floor.value_or(0)).add(std::span<const std::int64_t>(o.target));
  sum.add(o.maximum_levels).add(o.maximum_epochs);
  sum.add(o.knapsack.work_limit).add(o.knapsack.memory_limit).add(o.knapsack.relative_gap);
  for (const auto& layer : o.layers) {
    sum.add(std::string_view(layer.layer)).add(std::span<const double>(layer.sparsity));
  }
  for (const auto& [layer, strengths] : o.regularization) {
    sum.add(std::string_view(layer)).add(strengths.alpha).add(strengths.beta).add(strengths.norm);
  }
  return sum.value();
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
  parts.push_back({"options", fingerprint_of(options)});
  return parts;
}

}  // namespace espalier::inline v0::prune::detail

#endif
