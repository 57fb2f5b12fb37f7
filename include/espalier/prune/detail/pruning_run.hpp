// SPDX-License-Identifier: Apache-2.0
// One run of the pruning loop over one model.
#ifndef ESPALIER_PRUNE_DETAIL_PRUNING_RUN_HPP
#define ESPALIER_PRUNE_DETAIL_PRUNING_RUN_HPP

#include <cmath>
#include <cstddef>
#include <exception>
#include <string>
#include <utility>

#include <espalier/base/errors.hpp>
#include <espalier/prune/detail/layer_selector.hpp>
#include <espalier/prune/prunable_model.hpp>
#include <espalier/prune/result.hpp>
#include <espalier/prune/snapshot.hpp>
#include <espalier/prune/trainer.hpp>

namespace espalier::inline v0::prune::detail {

template <class Model, class Trainer, class Objective, class Schedule, class Options>
class pruning_run {
 public:
  using value_type = typename Model::value_type;

  pruning_run(Model& model, Trainer& trainer, const Objective& objective, Schedule schedule, const Options& options)
      : model_(model),
        trainer_(trainer),
        schedule_(std::move(schedule)),
        options_(options),
        layers_(model, objective, options),
        best_{layers_.keep_everything(), snapshot<Model>(model)} {
    result_.report.objective = std::string(Objective::name);
  }

  [[nodiscard]] result<value_type> operator()() {
    best_.metric = result_.report.baseline = trainer_.evaluate(model_);
    if (!std::isfinite(best_.metric)) {
      throw numeric_error(error_message("prune::optimize", "a baseline metric that is not finite", "a finite metric"));
    }
    guarded([this] { run_levels(); });
    best_.weights.restore(model_);
    guarded([this] { train_longer(); });
    hand_over();
    result_.report.metric = best_.metric;
    layers_.describe(best_.made, result_.report);
    result_.masks = std::move(best_.made.masks);
    return std::move(result_);
  }

 private:
  /// The best network so far.
  struct standing {
    decision<value_type> made;
    snapshot<Model> weights;
    double metric = 0;
    double sparsity = 0;
  };

  /// Once the baseline is known no result is lost: an exception ends the run, and the report says so.
  template <class Step>
  void guarded(Step&& step) {
    try {
      step();
    } catch (const std::exception& error) {
      end(ending::failed, std::string("failed: ") + error.what());
    }
  }

  void end(ending why, std::string sentence) {
    result_.ending = why;
    result_.report.ended = std::move(sentence);
  }

  /// Whether a stop was requested; then the run is over.
  [[nodiscard]] bool stopped() {
    if (!options_.stop.stop_requested()) {
      return false;
    }
    end(ending::stopped, "a stop was requested");
    return true;
  }

  void run_levels() {
    if (schedule_.sparsity() <= 0 && !schedule_.update()) {
      return end(ending::schedule_ended, "the schedule has no target above 0");
    }
    std::size_t bad_in_a_row = 0;
    for (std::size_t level = 1; !stopped(); ++level) {
      decision<value_type> made = layers_.choose(model_, trainer_, schedule_.sparsity());
      if (!made.selection.out_of_reach.empty()) {
        return end(ending::out_of_reach, "the next target is out of reach: " + made.selection.out_of_reach);
      }
      const std::size_t epochs = options_.epochs - options_.rewinding;
      train(made.masks, {epochs, level, purpose::level, schedule_.sparsity(), 0, options_.stop});
      if (stopped()) {
        return;
      }
      const bool good = judge(std::move(made));
      bad_in_a_row = good ? 0 : bad_in_a_row + 1;
      if (bad_in_a_row > options_.cutoff_bad_trials) {
        return end(ending::too_many_bad, std::to_string(bad_in_a_row) + " levels in a row were not good enough");
      }
      if (!(good ? schedule_.update() : schedule_.repair())) {
        return end(ending::schedule_ended, "the schedule has no further target");
      }
      if (options_.rewinding > 0) {
        train({}, {options_.rewinding, level, purpose::rewinding, 0, 0, options_.stop});
      }
    }
  }

  void train(masks<value_type> held, const training_phase& phase) {
    if (options_.on_training) {
      options_.on_training(phase);
    }
    layers_.hold(held);
    trainer_.fit(model_, held, phase);
    // What a trainer forgets, masks or a check of its weights, must not break what is promised of the result.
    layers_.hold(held);
    layers_.validate();
  }

  [[nodiscard]] bool no_worse(double metric, double limit) const {
    return options_.larger_is_better ? metric >= limit : metric <= limit;
  }

  /// Remembers a good level, goes back to the last good one after a bad level.
  [[nodiscard]] bool judge(decision<value_type> made) {
    const double metric = trainer_.evaluate(model_);
    const bool good = no_worse(metric, options_.relative_tolerance * result_.report.baseline);
    const select::selection& chosen = made.selection;
    result_.report.levels.push_back({schedule_.sparsity(), chosen.used, metric, good,
                                     std::string(knapsack::to_string(chosen.status)), chosen.gap()});
    if (good) {
      best_ = {std::move(made), snapshot<Model>(model_), metric, schedule_.sparsity()};
    } else {
      best_.weights.restore(model_);
    }
    if (options_.on_level) {
      options_.on_level(result_.report.levels.back());
    }
    return good;
  }

  /// Trains the best network a little longer, and keeps that only if it is no worse.
  void train_longer() {
    if (options_.final_epochs == 0 || best_.made.selection.layers.empty() || options_.stop.stop_requested()) {
      return;
    }
    const std::size_t level = result_.report.levels.size() + 1;
    train(best_.made.masks, {options_.final_epochs, level, purpose::final, best_.sparsity, 0, options_.stop});
    if (stopped()) {
      return;
    }
    const double metric = trainer_.evaluate(model_);
    if (no_worse(metric, best_.metric)) {
      best_.metric = metric;
      best_.weights = snapshot<Model>(model_);
    }
  }

  /// Leaves the best weights in the model, and the masks that hold them.
  void hand_over() {
    if constexpr (maskable_model<Model>) {
      model_.set_masks(best_.made.masks);
    }
    best_.weights.restore(model_);
  }

  Model& model_;
  Trainer& trainer_;
  Schedule schedule_;
  const Options& options_;
  layer_selector<Model, Trainer, Objective, Options> layers_;
  standing best_;
  result<value_type> result_;
};

}  // namespace espalier::inline v0::prune::detail

#endif
