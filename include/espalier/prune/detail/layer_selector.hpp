// SPDX-License-Identifier: Apache-2.0
// The layers of one model under one objective: what to keep of them at a target, and what that leaves of them.
#ifndef ESPALIER_PRUNE_DETAIL_LAYER_SELECTOR_HPP
#define ESPALIER_PRUNE_DETAIL_LAYER_SELECTOR_HPP

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <espalier/attributes/validate.hpp>
#include <espalier/mask/make_mask.hpp>
#include <espalier/prune/prunable_model.hpp>
#include <espalier/prune/trainer.hpp>
#include <espalier/rank/ranking.hpp>
#include <espalier/report/pruning_report.hpp>
#include <espalier/select/make_candidate.hpp>
#include <espalier/select/select.hpp>

namespace espalier::inline v0::prune::detail {

/// A selection with the masks that carry it out.
template <class Value>
struct decision {
  select::selection selection;                  ///< without layers: nothing was decided yet, all is kept
  std::vector<mask::weight_mask<Value>> masks;  ///< one per layer
};

template <class Model, class Trainer, class Objective, class Options>
class layer_selector {
 public:
  using value_type = typename Model::value_type;

  /// Checks the model, and that the objective takes its layers, before any training depends on it.
  layer_selector(Model& model, const Objective& objective, const Options& options)
      : options_(options), layers_(model.layers()) {
    for (auto& layer : layers_) {
      if (options_.hls) {
        layer.attributes.hls = options_.hls->of(layer.attributes.name, to_string(layer.attributes.kind));
      }
    }
    validate();
    for (const auto& layer : layers_) {
      savings_.push_back(objective(layer.attributes));
    }
    groups_.resize(layers_.size());
  }

  /// Throws if a kernel holds a number that is not finite, with the layer's name.
  void validate() const { attributes::validate(std::span<const attributes::prunable_layer<value_type>>(layers_)); }

  [[nodiscard]] decision<value_type> keep_everything() const {
    decision<value_type> all;
    for (const auto& layer : layers_) {
      all.masks.push_back(mask::keep_all<value_type>(layer.kernel.size()));
    }
    return all;
  }

  /// Ranks the weights as they are now and selects what to keep.
  [[nodiscard]] decision<value_type> choose(Model& model, Trainer& trainer, double sparsity) {
    const auto data = ranking_data(model, trainer);
    std::vector<select::candidate<resources>> candidates;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      const rank::weight_data<value_type> weights{
          layers_[l].kernel, data.empty() ? std::span<const value_type>{} : std::span<const value_type>(data[l])};
      candidates.push_back(select::make_candidate(layers_[l].attributes, savings_[l], weights, options_.valuation));
      groups_[l] = candidates[l].groups;
    }
    const select::options settings{.sparsity = {sparsity},
                                   .scope = options_.scope,
                                   .layers = options_.layers,
                                   .minimum_kept = options_.minimum_kept,
                                   .live = options_.live,
                                   .sharing_saves = options_.sharing_saves,
                                   .knapsack = options_.knapsack};
    decision<value_type> result = keep_everything();
    result.selection = select::select(std::move(candidates), settings, names());
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      if (groups_[l]) {
        const auto& actions = result.selection.layers[l].actions;
        result.masks[l] = mask::make_mask<value_type>(*groups_[l], actions, layers_[l].kernel);
      }
    }
    return result;
  }

  /// Sets all weights that the masks do not keep to 0 or their shared mean.
  void hold(masks<value_type> held) {
    for (std::size_t l = 0; l < held.size(); ++l) {
      held[l].apply(layers_[l].kernel);
    }
  }

  /// Writes what a decision leaves of every layer and of the whole network into a report.
  void describe(const decision<value_type>& made, report::pruning_report& report) const {
    for (const std::string_view name : names()) {
      report.resources.push_back({std::string(name), 0, 0});
    }
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      report.layers.push_back(describe(made, l));
      for (std::size_t r = 0; r < resources; ++r) {
        report.resources[r].before += report.layers[l].before[r];
        report.resources[r].after += report.layers[l].after[r];
      }
    }
  }

 private:
  static constexpr std::size_t resources = Objective::resources.size();

  [[nodiscard]] static constexpr std::array<std::string_view, resources> names() {
    std::array<std::string_view, resources> result{};
    for (std::size_t r = 0; r < resources; ++r) {
      result[r] = Objective::resources[r];
    }
    return result;
  }

  [[nodiscard]] static std::vector<std::vector<value_type>> ranking_data(Model& model, Trainer& trainer) {
    using ranking = decltype(Options::valuation.ranking);
    if constexpr (rank::needs_of<ranking> == rank::data::fisher) {
      static_assert(fisher_trainer<Trainer, Model>, "this ranking needs fisher(model) from the trainer");
      return trainer.fisher(model);
    } else if constexpr (rank::needs_of<ranking> == rank::data::gradient) {
      static_assert(gradient_trainer<Trainer, Model>, "this ranking needs gradients(model) from the trainer");
      return trainer.gradients(model);
    } else {
      static_assert(rank::needs_of<ranking> == rank::data::nothing, "no trainer gives what this ranking needs");
      return {};
    }
  }

  [[nodiscard]] report::layer describe(const decision<value_type>& made, std::size_t l) const {
    report::layer line;
    line.name = layers_[l].attributes.name;
    line.weights = line.weights_kept = layers_[l].kernel.size();
    line.before.assign(savings_[l].usage.begin(), savings_[l].usage.end());
    line.after = line.before;
    line.note = savings_[l].note;
    if (made.selection.layers.empty()) {
      return line;
    }
    const select::layer_decision& decided = made.selection.layers[l];
    line.after = decided.used;
    line.note = decided.note;
    if (groups_[l]) {
      groups_[l]->visit([&](std::size_t group, std::size_t) {
        line.weights_kept -= decided.actions[group] == mask::action::keep ? 0U : 1U;
        line.weights_shared += decided.actions[group] == mask::action::share ? 1U : 0U;
      });
    }
    return line;
  }

  const Options& options_;
  std::vector<attributes::prunable_layer<value_type>> layers_;
  std::vector<objective::layer_savings<resources>> savings_;
  std::vector<std::optional<structure::grouping>> groups_;  // none: the layer does not take part
};

}  // namespace espalier::inline v0::prune::detail

#endif
