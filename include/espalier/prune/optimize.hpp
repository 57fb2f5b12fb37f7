// SPDX-License-Identifier: Apache-2.0
// The pruning loop: select, mask, train and judge, level by level, until the network would lose too much.
#ifndef ESPALIER_PRUNE_OPTIMIZE_HPP
#define ESPALIER_PRUNE_OPTIMIZE_HPP

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <espalier/attributes/validate.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/mask/make_mask.hpp>
#include <espalier/objective/objective.hpp>
#include <espalier/prune/options.hpp>
#include <espalier/prune/prunable_model.hpp>
#include <espalier/prune/snapshot.hpp>
#include <espalier/prune/trainer.hpp>
#include <espalier/report/pruning_report.hpp>
#include <espalier/schedule/schedule.hpp>
#include <espalier/select/make_candidate.hpp>
#include <espalier/select/select.hpp>

namespace espalier::inline v0::prune {

/// Why a run ended.
enum class ending : std::uint8_t {
  schedule_ended,  ///< there was no further target
  too_many_bad,    ///< more levels in a row failed than the settings allow
  out_of_reach,    ///< even pruning everything does not meet the target
  stopped,         ///< a stop was requested
  failed           ///< trainer, ranking or objective threw; the report says what
};

/// What `optimize` returns. The model holds the weights of the best network.
template <class Value>
struct result {
  std::vector<mask::weight_mask<Value>> masks;  ///< of the best network, one per layer
  report::pruning_report report;                ///< what happened, level by level and layer by layer
  prune::ending ending = ending::schedule_ended;
};

namespace detail {

/// One run of the loop over one model.
template <class Model, class Trainer, class Objective, class Schedule, class Options>
class pruning_run {
 public:
  using value_type = typename Model::value_type;

  pruning_run(Model& model, Trainer& trainer, const Objective& objective, Schedule schedule, const Options& options)
      : model_(model),
        trainer_(trainer),
        objective_(objective),
        schedule_(std::move(schedule)),
        options_(options),
        layers_(described_layers()),
        best_(model),
        best_masks_(all_kept()) {}

  [[nodiscard]] result<value_type> operator()() {
    result_.report.objective = std::string(Objective::name);
    best_metric_ = result_.report.baseline = trainer_.evaluate(model_);
    if (!std::isfinite(best_metric_)) {
      throw numeric_error(error_message("prune::optimize", "a baseline metric that is not finite", "a finite metric"));
    }
    guarded([this] { run_levels(); });
    best_.restore(model_);
    guarded([this] { train_longer(); });
    hand_over();
    return finish();
  }

 private:
  using candidates = std::vector<select::candidate<Objective::resources.size()>>;

  /// The model's layers, checked, with the hls settings of the options.
  [[nodiscard]] std::vector<attributes::prunable_layer<value_type>> described_layers() {
    auto layers = model_.layers();
    for (auto& layer : layers) {
      if (options_.hls) {
        layer.attributes.hls = options_.hls->of(layer.attributes.name, to_string(layer.attributes.kind));
      }
    }
    attributes::validate(std::span<const attributes::prunable_layer<value_type>>(layers));
    for (const auto& layer : layers) {
      static_cast<void>(objective_(layer.attributes));  // settings that it refuses are refused before any training
    }
    return layers;
  }

  [[nodiscard]] std::vector<mask::weight_mask<value_type>> all_kept() const {
    std::vector<mask::weight_mask<value_type>> masks;
    for (const auto& layer : layers_) {
      masks.push_back(mask::keep_all<value_type>(layer.kernel.size()));
    }
    return masks;
  }

  /// Once the baseline is known no result is lost: an exception ends the run, and the report says so.
  template <class Step>
  void guarded(Step&& step) {
    try {
      step();
    } catch (const std::exception& error) {
      end(ending::failed, std::string("a level failed: ") + error.what());
    }
  }

  void run_levels() {
    if (schedule_.sparsity() <= 0 && !schedule_.update()) {
      return end(ending::schedule_ended, "the schedule has no target above 0");
    }
    std::size_t bad_in_a_row = 0;
    for (std::size_t level = 1; !stopped(); ++level) {
      select::selection chosen = choose();
      if (!chosen.out_of_reach.empty()) {
        return end(ending::out_of_reach, "the next target is out of reach: " + chosen.out_of_reach);
      }
      const auto masks = make_masks(chosen);
      train(masks, {options_.epochs - options_.rewinding, level, purpose::level, schedule_.sparsity(), options_.stop});
      if (stopped()) {
        return;
      }
      const bool good = judge(chosen, masks);
      bad_in_a_row = good ? 0 : bad_in_a_row + 1;
      if (bad_in_a_row > options_.cutoff_bad_trials) {
        return end(ending::too_many_bad, std::to_string(bad_in_a_row) + " levels in a row were not good enough");
      }
      if (!(good ? schedule_.update() : schedule_.repair())) {
        return end(ending::schedule_ended, "the schedule has no further target");
      }
      if (options_.rewinding > 0) {
        train({}, {options_.rewinding, level, purpose::rewinding, 0, options_.stop});
      }
    }
  }

  void end(ending why, std::string sentence) {
    result_.ending = why;
    result_.report.ended = std::move(sentence);
  }

  [[nodiscard]] select::selection choose() {
    const auto data = ranking_data();
    candidates layers;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      const rank::weight_data<value_type> weights{
          layers_[l].kernel, data.empty() ? std::span<const value_type>{} : std::span<const value_type>(data[l])};
      layers.push_back(select::make_candidate(layers_[l].attributes, objective_(layers_[l].attributes), weights,
                                              options_.valuation));
    }
    const select::options settings{.sparsity = {schedule_.sparsity()},
                                   .scope = options_.scope,
                                   .live = options_.live,
                                   .knapsack = options_.knapsack};
    groups_.clear();
    for (const auto& layer : layers) {
      groups_.push_back(layer.groups);
    }
    return select::select(std::move(layers), settings, names());
  }

  [[nodiscard]] static constexpr auto names() {
    std::array<std::string_view, Objective::resources.size()> result{};
    for (std::size_t r = 0; r < result.size(); ++r) {
      result[r] = Objective::resources[r];
    }
    return result;
  }

  [[nodiscard]] std::vector<std::vector<value_type>> ranking_data() {
    using ranking = decltype(options_.valuation.ranking);
    if constexpr (ranking::needs == rank::data::fisher) {
      static_assert(fisher_trainer<Trainer, Model>, "this ranking needs fisher(model) from the trainer");
      return trainer_.fisher(model_);
    } else if constexpr (ranking::needs == rank::data::gradient) {
      static_assert(gradient_trainer<Trainer, Model>, "this ranking needs gradients(model) from the trainer");
      return trainer_.gradients(model_);
    } else {
      static_assert(ranking::needs == rank::data::nothing, "no trainer gives what this ranking needs");
      return {};
    }
  }

  [[nodiscard]] std::vector<mask::weight_mask<value_type>> make_masks(const select::selection& chosen) const {
    auto masks = all_kept();
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      if (groups_[l]) {
        masks[l] = mask::make_mask<value_type>(*groups_[l], chosen.layers[l].actions, layers_[l].kernel);
      }
    }
    return masks;
  }

  void hold(masks<value_type> held) {
    for (std::size_t l = 0; l < held.size(); ++l) {
      held[l].apply(layers_[l].kernel);
    }
  }

  void train(masks<value_type> held, const training_phase& phase) {
    if (options_.on_training) {
      options_.on_training(phase);
    }
    hold(held);
    trainer_.fit(model_, held, phase);
    // A trainer that forgets the masks must not break the promise that they are exact.
    hold(held);
  }

  /// Whether a stop was requested; then the run is over.
  [[nodiscard]] bool stopped() {
    if (!options_.stop.stop_requested()) {
      return false;
    }
    end(ending::stopped, "a stop was requested");
    return true;
  }

  [[nodiscard]] bool good_enough(double metric) const {
    const double limit = options_.relative_tolerance * result_.report.baseline;
    return options_.larger_is_better ? metric >= limit : metric <= limit;
  }

  /// Remembers a good level, goes back to the last good one after a bad level.
  [[nodiscard]] bool judge(const select::selection& chosen, const std::vector<mask::weight_mask<value_type>>& masks) {
    const double metric = trainer_.evaluate(model_);
    const bool good = good_enough(metric);
    result_.report.levels.push_back({schedule_.sparsity(), chosen.used, metric, good,
                                     std::string(knapsack::to_string(chosen.status)), chosen.gap()});
    if (good) {
      best_ = snapshot<Model>(model_);
      best_masks_ = masks;
      best_selection_ = chosen;
      best_metric_ = metric;
      best_sparsity_ = schedule_.sparsity();
    } else {
      best_.restore(model_);
    }
    if (options_.on_level) {
      options_.on_level(result_.report.levels.back());
    }
    return good;
  }

  /// Trains the best network a little longer, and keeps that only if it is no worse.
  void train_longer() {
    if (options_.final_epochs == 0 || best_selection_.layers.empty() || options_.stop.stop_requested()) {
      return;
    }
    const std::size_t level = result_.report.levels.size() + 1;
    train(best_masks_, {options_.final_epochs, level, purpose::final, best_sparsity_, options_.stop});
    if (stopped()) {
      return;
    }
    const double metric = trainer_.evaluate(model_);
    if (options_.larger_is_better ? metric >= best_metric_ : metric <= best_metric_) {
      best_metric_ = metric;
      best_ = snapshot<Model>(model_);
    }
  }

  /// Leaves the best weights in the model, and the masks that hold them.
  void hand_over() {
    if constexpr (maskable_model<Model>) {
      model_.set_masks(best_masks_);
    }
    best_.restore(model_);
  }

  [[nodiscard]] result<value_type> finish() {
    report::pruning_report& report = result_.report;
    report.metric = best_metric_;
    for (const auto name : names()) {
      report.resources.push_back({std::string(name), 0, 0});
    }
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      report.layers.push_back(describe(l));
      for (std::size_t r = 0; r < report.resources.size(); ++r) {
        report.resources[r].before += report.layers[l].before[r];
        report.resources[r].after += report.layers[l].after[r];
      }
    }
    result_.masks = std::move(best_masks_);
    return std::move(result_);
  }

  [[nodiscard]] report::layer describe(std::size_t l) const {
    const attributes::layer_attributes& layer = layers_[l].attributes;
    const auto savings = objective_(layer);
    report::layer line;
    line.name = layer.name;
    line.weights = layers_[l].kernel.size();
    const bool decided = !best_selection_.layers.empty();
    if (decided && groups_[l]) {
      groups_[l]->visit([&](std::size_t group, std::size_t) {
        line.weights_kept += best_selection_.layers[l].actions[group] == mask::action::keep ? 1U : 0U;
        line.weights_shared += best_selection_.layers[l].actions[group] == mask::action::share ? 1U : 0U;
      });
    } else {
      line.weights_kept = line.weights;
    }
    line.before.assign(savings.usage.begin(), savings.usage.end());
    line.after = decided ? best_selection_.layers[l].used : line.before;
    line.note = decided ? best_selection_.layers[l].note : savings.note;
    return line;
  }

  Model& model_;
  Trainer& trainer_;
  const Objective& objective_;
  Schedule schedule_;
  const Options& options_;
  std::vector<attributes::prunable_layer<value_type>> layers_;
  std::vector<std::optional<structure::grouping>> groups_;
  snapshot<Model> best_;
  std::vector<mask::weight_mask<value_type>> best_masks_;
  select::selection best_selection_;
  double best_metric_ = 0;
  double best_sparsity_ = 0;
  result<value_type> result_;
};

}  // namespace detail

/// Prunes a trained network step by step, as far as its metric allows.
///
/// At each target of the schedule: rank the groups, select what to keep within the budget, mask the rest, train, and
/// judge. A good level is remembered; after a bad one the last good weights come back. In the end the model holds the
/// best network, with pruned weights exactly 0 and shared ones exactly their mean.
/// @param model      trained; pruned in place.
/// @param trainer    trains and judges it.
/// @param objective  what to save.
/// @param schedule   the targets.
/// @param options    settings.
/// @return masks and report. Once the baseline is known no result is lost: if something throws or a stop is
///         requested, the best network so far is the result and the report says so.
/// @throws argument_error, shape_error or numeric_error if the settings, the model or the baseline are not sound.
/// Source: Ramhorst, Loncar and Constantinides, arXiv 2308.05170.
template <prunable_model Model, trainer<Model> Trainer, objective::objective Objective, schedule::schedule Schedule,
          class Ranking, class Normalization>
[[nodiscard]] result<typename Model::value_type> optimize(Model& model, Trainer& trainer, const Objective& objective,
                                                          Schedule schedule,
                                                          const options<Ranking, Normalization>& options) {
  validate(options);
  return detail::pruning_run<Model, Trainer, Objective, Schedule, prune::options<Ranking, Normalization>>(
      model, trainer, objective, std::move(schedule), options)();
}

}  // namespace espalier::inline v0::prune

#endif
