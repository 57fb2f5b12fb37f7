// SPDX-License-Identifier: Apache-2.0
// One run of the pruning loop over one model.
#ifndef ESPALIER_PRUNE_DETAIL_PRUNING_RUN_HPP
#define ESPALIER_PRUNE_DETAIL_PRUNING_RUN_HPP

#include <cmath>
#include <cstddef>
#include <exception>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/prune/detail/identity_of.hpp>
#include <espalier/prune/detail/layer_selector.hpp>
#include <espalier/prune/detail/phase_training.hpp>
#include <espalier/prune/detail/run_clock.hpp>
#include <espalier/prune/detail/run_state.hpp>
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
        training_({model, trainer, layers_, options, clock_, state_}),
        front_(options.larger_is_better) {
    if (!options.target.empty() && options.target.size() != Objective::resources.size()) {
      reject<shape_error>("prune::optimize", {"a target for ", options.target.size(), " resources"},
                          {Objective::resources.size(), ", as the objective counts"});
    }
  }

  [[nodiscard]] result<value_type> operator()() {
    clock_.begin();
    if (!go_on()) {
      begin();
    }
    guarded([this] {
      while (state_.stage != stage::done && !over()) {
        step();
      }
    });
    return hand_over();
  }

 private:
  using layers_type = layer_selector<Model, Trainer, Objective, Options>;

  void begin() {
    state_.dense = state_.best.parameters;
    state_.baseline = state_.best.metric = evaluate();
    if (!std::isfinite(state_.baseline)) {
      reject<numeric_error>("prune::optimize", {"a baseline metric that is not finite"}, {"a finite metric"});
    }
    front_.add(state_.best);
    guarded([this] {
      if (schedule_.sparsity() <= 0 && !schedule_.update()) {
        return conclude(ending::schedule_ended, "the schedule has no target above 0");
      }
      if (!options_.stop.stop_requested()) {  // else the network's own training may have been stopped too
        save();
      }
    });
  }

  /// Goes on with a saved run.
  /// @return whether there was one.
  [[nodiscard]] bool go_on() {
    state_.best = layers_.keep_everything();
    state_.best.parameters = snapshot<Model>(model_).values();
    if (!options_.checkpoint) {
      return false;
    }
    auto identity = identity_of(state_.best.parameters, layers_, trainer_, options_);
    const std::vector<std::byte> saved = options_.checkpoint.load();
    if (!saved.empty()) {
      expect_same_run(saved, identity);
      state_ = read_state<value_type>(saved);
      replay();
      snapshot<Model>(state_.parameters).restore(model_);
      if constexpr (stateful_trainer<Trainer>) {
        trainer_.load(std::span<const std::byte>(state_.trainer));
      }
      for (auto& network : std::exchange(state_.front, {})) {
        front_.add(std::move(network));
      }
    }
    state_.identity = std::move(identity);
    return !saved.empty();
  }

  /// Moves the schedule as the levels so far did.
  void replay() {
    if (schedule_.sparsity() <= 0) {
      schedule_.update();
    }
    for (const report::level& level : state_.levels) {
      if (schedule_.sparsity() != level.sparsity) {
        reject<argument_error>("prune::optimize", {"the saved state of a run with another schedule"},
                               {"one of this run, or none; remove it to begin again"});
      }
      static_cast<void>(level.accepted ? schedule_.update() : schedule_.repair());
    }
  }

  void save() {
    if (!options_.checkpoint) {
      return;
    }
    state_.parameters = snapshot<Model>(model_).values();
    state_.front = front_.networks();
    clock_.add_up();
    if constexpr (stateful_trainer<Trainer>) {
      state_.trainer = trainer_.save();
    }
    byte_writer writer;
    transfer(writer, state_);
    const std::vector<std::byte> bytes = writer.take();
    options_.checkpoint.save(bytes);
  }

  /// Once the baseline is known no result is lost: an exception ends the run, and the report says so.
  template <class Step>
  void guarded(Step&& step) {
    try {
      step();
    } catch (const std::exception& error) {
      end(ending::failed, std::string("failed: ") + error.what());
    } catch (...) {
      end(ending::failed, "failed: an exception that says nothing");
    }
  }

  void end(ending why, std::string sentence) {
    state_.ending = why;
    state_.ended = std::move(sentence);
  }

  /// Ends the levels; what is left is the final training.
  void conclude(ending why, std::string sentence) {
    end(why, std::move(sentence));
    snapshot<Model>(state_.best.parameters).restore(model_);
    state_.tried.masks = state_.best.masks;
    state_.stage = stage::final;
    save();
  }

  [[nodiscard]] double evaluate() {
    return clock_.timed(&report::time_split::evaluation,
                        [&] { return static_cast<double>(trainer_.evaluate(model_)); });
  }

  /// Whether the run has to end as it is; a saved one can be gone on with.
  [[nodiscard]] bool over() {
    if (state_.ending == ending::failed) {
      return true;
    }
    if (options_.stop.stop_requested()) {
      end(ending::stopped, "a stop was requested");
    } else if (clock_.out_of_time()) {
      end(ending::limit_reached, "the seconds that the settings allow were spent");
    } else {
      return false;
    }
    return true;
  }

  void step() {
    const std::size_t level = state_.levels.size() + 1;
    switch (state_.stage) {
      case stage::selecting:
        return select(level);
      case stage::training:
        if (train(state_.tried.masks, {.epochs = options_.epochs - options_.rewinding,
                                       .level = level,
                                       .purpose = purpose::level,
                                       .sparsity = state_.level.sparsity})) {
          judge();
        }
        return;
      case stage::rewinding:
        if (train({}, {.epochs = options_.rewinding, .level = level - 1, .purpose = purpose::rewinding})) {
          state_.stage = stage::selecting;
          save();
        }
        return;
      default:
        return train_longer(level);
    }
  }

  void select(std::size_t level) {
    if (options_.maximum_levels > 0 && level > options_.maximum_levels) {
      return conclude(ending::limit_reached, "the levels that the settings allow were tried");
    }
    if (beyond_maximum(options_.epochs)) {
      return conclude(ending::limit_reached, "the epochs that the settings allow do not suffice for another level");
    }
    const auto data =
        clock_.timed(&report::time_split::ranking, [&] { return layers_type::ranking_data(model_, trainer_); });
    decision<value_type> made =
        clock_.timed(&report::time_split::selection, [&] { return layers_.choose(data, schedule_.sparsity()); });
    if (!made.out_of_reach.empty()) {
      return conclude(ending::out_of_reach, "the next target is out of reach: " + made.out_of_reach);
    }
    state_.tried = std::move(made.network);
    state_.level = std::move(made.level);
    state_.stage = stage::training;
  }

  [[nodiscard]] bool beyond_maximum(std::size_t epochs) const {
    return options_.maximum_epochs > 0 && state_.epochs + epochs > options_.maximum_epochs;
  }

  /// @return whether the training went to its end.
  [[nodiscard]] bool train(std::span<mask::weight_mask<value_type>> held, const training_phase& phase) {
    return training_(
        held, phase, [this] { return over(); }, [this] { save(); });
  }

  [[nodiscard]] bool no_worse(double metric, double limit) const {
    return options_.larger_is_better ? metric >= limit : metric <= limit;
  }

  /// Remembers a good level, goes back to the last good one after a bad level, and moves on.
  void judge() {
    const double metric = evaluate();
    const bool good = no_worse(metric, options_.relative_tolerance * state_.baseline) &&
                      (!options_.floor || no_worse(metric, *options_.floor));
    state_.tried.metric = state_.level.metric = metric;
    state_.tried.accepted = state_.level.accepted = good;
    state_.tried.parameters = snapshot<Model>(model_).values();
    state_.levels.push_back(std::move(state_.level));
    front_.add(state_.tried);
    if (good) {
      state_.best = std::move(state_.tried);
    } else {
      snapshot<Model>(state_.best.parameters).restore(model_);
    }
    state_.tried = {};
    if (options_.on_level) {
      options_.on_level(state_.levels.back());
    }
    move_on(good);
  }

  void move_on(bool good) {
    const std::size_t bad = bad_in_a_row();
    if (good && target_reached()) {
      return conclude(ending::target_reached, "the target of the settings was reached");
    }
    if (bad > options_.cutoff_bad_trials) {
      const bool measured = std::isfinite(state_.levels.back().metric);
      return conclude(ending::too_many_bad,
                      std::to_string(bad) + (bad == 1 ? " level in a row was" : " levels in a row were") +
                          " not good enough" + (measured ? "" : "; the metric of the last one is not a finite number"));
    }
    if (!(good ? schedule_.update() : schedule_.repair())) {
      return conclude(ending::schedule_ended, "the schedule has no further target");
    }
    state_.stage = options_.rewinding > 0 ? stage::rewinding : stage::selecting;
    save();
  }

  [[nodiscard]] std::size_t bad_in_a_row() const {
    std::size_t count = 0;
    while (count < state_.levels.size() && !state_.levels[state_.levels.size() - 1 - count].accepted) {
      ++count;
    }
    return count;
  }

  [[nodiscard]] bool target_reached() const {
    for (std::size_t r = 0; r < options_.target.size(); ++r) {
      if (state_.best.used[r] > options_.target[r]) {
        return false;
      }
    }
    return !options_.target.empty();
  }

  /// Trains the best network a little longer, and keeps that only if it is no worse.
  void train_longer(std::size_t level) {
    if (options_.final_epochs > 0 && state_.best.sparsity > 0 && !beyond_maximum(options_.final_epochs)) {
      if (!train(state_.tried.masks, {.epochs = options_.final_epochs,
                                      .level = level,
                                      .purpose = purpose::final,
                                      .sparsity = state_.best.sparsity})) {
        return;
      }
      const double metric = evaluate();
      if (no_worse(metric, state_.best.metric)) {
        state_.best.metric = metric;
        state_.best.masks = std::move(state_.tried.masks);
        state_.best.parameters = snapshot<Model>(model_).values();
        front_.add(state_.best);
      }
    }
    state_.stage = stage::done;
    save();
  }

  /// Leaves the best network in the model, and says what happened.
  [[nodiscard]] result<value_type> hand_over() {
    state_.best.restore(model_);
    result<value_type> given;
    given.report.objective = std::string(Objective::name);
    given.report.baseline = state_.baseline;
    given.report.metric = state_.best.metric;
    given.report.levels = std::move(state_.levels);
    given.report.ended = std::move(state_.ended);
    if (options_.measure_times) {
      given.report.times = clock_.times();
    }
    layers_.describe(state_.best, given.report);
    given.masks = std::move(state_.best.masks);
    given.ending = state_.ending;
    given.front = std::move(front_);
    return given;
  }

  Model& model_;
  Trainer& trainer_;
  Schedule schedule_;
  const Options& options_;
  layers_type layers_;
  run_state<value_type> state_;
  run_clock<Options> clock_{options_, state_.seconds, state_.times};
  phase_training<Model, Trainer, layers_type, Options> training_;
  prune::front<value_type> front_;
};

}  // namespace espalier::inline v0::prune::detail

#endif
