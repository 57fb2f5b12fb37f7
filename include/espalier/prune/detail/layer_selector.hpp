// SPDX-License-Identifier: Apache-2.0
// The layers of one model under one objective: what to keep of them at a target, and what that leaves of them.
#ifndef ESPALIER_PRUNE_DETAIL_LAYER_SELECTOR_HPP
#define ESPALIER_PRUNE_DETAIL_LAYER_SELECTOR_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <espalier/attributes/validate.hpp>
#include <espalier/base/fingerprint.hpp>
#include <espalier/mask/make_mask.hpp>
#include <espalier/prune/found_network.hpp>
#include <espalier/prune/layer_actions.hpp>
#include <espalier/prune/prunable_model.hpp>
#include <espalier/prune/trainer.hpp>
#include <espalier/rank/ranking.hpp>
#include <espalier/regularize/group_norms.hpp>
#include <espalier/regularize/layer_penalty.hpp>
#include <espalier/report/pruning_report.hpp>
#include <espalier/select/make_candidate.hpp>
#include <espalier/select/select.hpp>

namespace espalier::inline v0::prune::detail {

/// What is to be kept at a target.
template <class Value>
struct decision {
  found_network<Value> network;  ///< masks and what they leave; not trained yet, so without numbers and metric
  report::level level;           ///< target, usage and the solver's status, without metric
  std::string out_of_reach;      ///< see select::selection
};

template <class Model, class Trainer, class Objective, class Options>
class layer_selector {
 public:
  using value_type = typename Model::value_type;

  /// Checks the model, and that the objective takes its layers, before any training depends on it.
  layer_selector(Model& model, const Objective& objective, const Options& options)
      : options_(options), layers_(model.layers()) {
    apply<value_type>(options_.actions, layers_);
    for (auto& layer : layers_) {
      if (options_.hls) {
        layer.attributes.hls = options_.hls->of(layer.attributes.name, to_string(layer.attributes.kind));
      }
    }
    validate();
    for (const auto& layer : layers_) {
      savings_.push_back(objective(layer.attributes));
    }
  }

  /// Throws if a kernel holds a number that is not finite, with the layer's name.
  void validate() const { attributes::validate(std::span<const attributes::prunable_layer<value_type>>(layers_)); }

  /// @return the dense network, without its numbers and metric.
  [[nodiscard]] found_network<value_type> keep_everything() const {
    found_network<value_type> all;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      all.masks.push_back(mask::keep_all<value_type>(layers_[l].kernel.size()));
      all.layers.push_back(describe_dense(l));
    }
    all.used = sum_of(all.layers, &report::layer::before);
    return all;
  }

  /// @return what the ranking wants to know of every weight; empty if that is nothing.
  [[nodiscard]] static std::vector<std::vector<value_type>> ranking_data(Model& model, Trainer& trainer) {
    using ranking = decltype(Options::valuation.ranking);
    if constexpr (rank::needs_of<ranking> == rank::data::fisher) {
      static_assert(fisher_trainer<Trainer, Model>, "this ranking needs fisher(model) from the trainer");
      return trainer.fisher(model);
    } else if constexpr (rank::needs_of<ranking> == rank::data::gradient) {
      static_assert(gradient_trainer<Trainer, Model>, "this ranking needs gradients(model) from the trainer");
      return trainer.gradients(model);
    } else if constexpr (rank::needs_of<ranking> == rank::data::curvature) {
      static_assert(curvature_trainer<Trainer, Model>, "this ranking needs curvature(model) from the trainer");
      return trainer.curvature(model);
    } else {
      static_assert(rank::needs_of<ranking> == rank::data::nothing, "no trainer gives what this ranking needs");
      return {};
    }
  }

  /// Selects what to keep of the weights as they are now.
  /// @param data  what ranking_data gave for them.
  [[nodiscard]] decision<value_type> choose(const std::vector<std::vector<value_type>>& data, double sparsity) {
    std::vector<select::candidate<resources>> candidates;
    std::vector<std::optional<structure::grouping>> groups;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      const rank::weight_data<value_type> weights{
          layers_[l].kernel, data.empty() ? std::span<const value_type>{} : std::span<const value_type>(data[l])};
      candidates.push_back(select::make_candidate(layers_[l].attributes, savings_[l], weights, options_.valuation));
      groups.push_back(candidates[l].groups);
    }
    const select::options settings{.sparsity = {sparsity},
                                   .scope = options_.scope,
                                   .layers = options_.layers,
                                   .minimum_kept = options_.minimum_kept,
                                   .live = options_.live,
                                   .sharing_saves = options_.sharing_saves,
                                   .knapsack = options_.knapsack};
    const select::selection chosen = select::select(std::move(candidates), settings, names());
    decision<value_type> made{keep_everything(), {}, chosen.out_of_reach};
    made.network.sparsity = made.level.sparsity = sparsity;
    made.level.used = chosen.used;
    made.level.status = std::string(knapsack::to_string(chosen.status));
    made.level.gap = chosen.gap();
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      carry_out(chosen.layers[l], groups[l], l, made.network);
    }
    made.network.used = sum_of(made.network.layers, &report::layer::after);
    return made;
  }

  /// @return the regularizers of all layers that take part and whose groups do not depend on their weights.
  /// @throws argument_error if a layer is named that does not exist, or a strength is out of range.
  [[nodiscard]] std::vector<regularize::layer_penalty> penalties() const {
    for (const auto& given : options_.regularization) {
      const auto named = [&](const auto& layer) { return layer.attributes.name == given.layer; };
      if (!given.layer.empty() && std::none_of(layers_.begin(), layers_.end(), named)) {
        reject<argument_error>("prune::optimize", {"regularization of a layer '", given.layer, "'"},
                               {"the name of a layer, or none for all"});
      }
    }
    std::vector<regularize::layer_penalty> result;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      const auto& attributes = layers_[l].attributes;
      const regularize::group_norms penalty(strengths_of(attributes.name));
      const bool active = penalty.options().alpha > 0 || penalty.options().beta > 0;
      if (active && attributes.optimizable && savings_[l].optimizable() && !structure::needs_scores(savings_[l].rule)) {
        const structure::grouping groups(savings_[l].rule, attributes::grouping_shape(attributes));
        result.push_back({attributes.name, groups, penalty});
      }
    }
    return result;
  }

  /// Sets all weights that the masks do not keep to 0 or their shared value, before a training.
  void hold(masks<value_type> held) {
    for (std::size_t l = 0; l < held.size(); ++l) {
      held[l].apply(layers_[l].kernel);
    }
  }

  /// The same within or after one: weights that are trained as one have moved, and the masks with them.
  void follow(std::span<mask::weight_mask<value_type>> held) {
    for (std::size_t l = 0; l < held.size(); ++l) {
      held[l].follow(layers_[l].kernel);
    }
  }

  /// Writes what a network leaves of every layer and of the whole into a report.
  void describe(const found_network<value_type>& network, report::pruning_report& report) const {
    const auto before = sum_of(network.layers, &report::layer::before);
    const auto after = sum_of(network.layers, &report::layer::after);
    for (std::size_t r = 0; r < resources; ++r) {
      report.resources.push_back({std::string(Objective::resources[r]), before[r], after[r]});
    }
    report.layers = network.layers;
  }

  /// Adds up all that the selection depends on: the layers and what the objective says of them.
  void add_to(fingerprint& network, fingerprint& objective) const {
    objective.add(std::string_view(Objective::name));
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      const auto& layer = layers_[l].attributes;
      network.add(std::string_view(layer.name)).add(layer.kind);
      for (std::size_t axis = 0; axis < layer.kernel_shape.rank(); ++axis) {
        network.add(layer.kernel_shape[axis]);
      }
      objective.add(layer.optimizable).add(layer.prune).add(layer.share).add(std::string_view(savings_[l].note));
      objective.add(std::span<const std::int64_t>(savings_[l].usage)).add(savings_[l].denominator);
      for (const auto& run : savings_[l].savings) {
        objective.add(run.count).add(std::span<const std::int64_t>(run.saving));
        objective.add(std::span<const std::int64_t>(run.sharing));
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

  /// Those given by name, or else for all.
  [[nodiscard]] regularize::group_norms_options strengths_of(const std::string& name) const {
    regularize::group_norms_options strengths;
    bool by_name = false;
    for (const auto& given : options_.regularization) {
      if (given.layer == name || (given.layer.empty() && !by_name)) {
        strengths = given.strengths;
        by_name = given.layer == name;
      }
    }
    return strengths;
  }

  [[nodiscard]] report::layer describe_dense(std::size_t l) const {
    report::layer line;
    line.name = layers_[l].attributes.name;
    line.weights = line.weights_kept = layers_[l].kernel.size();
    line.before.assign(savings_[l].usage.begin(), savings_[l].usage.end());
    line.after = line.before;
    line.note = savings_[l].note;
    return line;
  }

  /// Makes the mask of a layer, and says what it leaves.
  void carry_out(const select::layer_decision& decided, const std::optional<structure::grouping>& groups, std::size_t l,
                 found_network<value_type>& network) const {
    report::layer& line = network.layers[l];
    line.after = decided.used;
    line.note = decided.note;
    if (groups) {
      network.masks[l] = mask::make_mask<value_type>(*groups, decided.actions, layers_[l].kernel);
      if (options_.train_shared && !network.masks[l].offset.empty()) {
        network.masks[l] = mask::train_shared(std::move(network.masks[l]), *groups, decided.actions);
      }
      groups->visit([&](std::size_t group, std::size_t) {
        line.weights_kept -= decided.actions[group] == mask::action::keep ? 0U : 1U;
        line.weights_shared += decided.actions[group] == mask::action::share ? 1U : 0U;
      });
    }
  }

  [[nodiscard]] static std::vector<std::int64_t> sum_of(const std::vector<report::layer>& layers,
                                                        std::vector<std::int64_t> report::layer::*usage) {
    std::vector<std::int64_t> sums(resources);
    for (const report::layer& layer : layers) {
      for (std::size_t r = 0; r < resources; ++r) {
        sums[r] += (layer.*usage)[r];
      }
    }
    return sums;
  }

  const Options& options_;
  std::vector<attributes::prunable_layer<value_type>> layers_;
  std::vector<objective::layer_savings<resources>> savings_;
};

}  // namespace espalier::inline v0::prune::detail

#endif
