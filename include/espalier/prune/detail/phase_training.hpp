// SPDX-License-Identifier: Apache-2.0
// The trainings inside a run: in one go or epoch by epoch, held by masks, ended early, saved and gone on with.
#ifndef ESPALIER_PRUNE_DETAIL_PHASE_TRAINING_HPP
#define ESPALIER_PRUNE_DETAIL_PHASE_TRAINING_HPP

#include <atomic>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/stop_condition.hpp>
#include <espalier/mask/weight_mask.hpp>
#include <espalier/prune/detail/run_clock.hpp>
#include <espalier/prune/detail/run_state.hpp>
#include <espalier/prune/snapshot.hpp>
#include <espalier/prune/trainer.hpp>
#include <espalier/regularize/layer_penalty.hpp>
#include <espalier/report/time_split.hpp>

namespace espalier::inline v0::prune::detail {

/// What the parts of a run have in common.
template <class Model, class Trainer, class Layers, class Options>
struct run_parts {
  Model& model;
  Trainer& trainer;
  Layers& layers;
  const Options& options;
  run_clock<Options>& clock;
  run_state<typename Model::value_type>& state;
};

template <class Model, class Trainer, class Layers, class Options>
class phase_training {
 public:
  using held_masks = std::span<mask::weight_mask<typename Model::value_type>>;

  /// @throws argument_error if the settings regularize what is no layer.
  explicit phase_training(const run_parts<Model, Trainer, Layers, Options>& run)
      : run_(run), penalties_(run.layers.penalties()) {}

  /// @param held   what of the weights is held; follows what is trained as one.
  /// @param phase  without what the run knows of it.
  /// @param over   asked before every epoch whether the run has to end.
  /// @param save   called when there is something to be gone on with.
  /// @return whether the training went to its end.
  template <class Over, class Save>
  [[nodiscard]] bool operator()(held_masks held, training_phase phase, const Over& over, const Save& save) {
    phase.first_epoch = run_.state.epoch;
    phase.stop = stop_of_training();
    if (phase.purpose != purpose::final) {
      phase.penalties = penalties_;
    }
    if (run_.options.on_training) {
      run_.options.on_training(phase);
    }
    run_.layers.hold(held);
    if constexpr (stepwise_trainer<Trainer, Model>) {
      if (!by_epochs(held, phase, over, save)) {
        return false;
      }
    } else {
      run_.clock.timed(&report::time_split::training, [&] { run_.trainer.fit(run_.model, held, phase); });
      if (was_stopped()) {
        return false;
      }
      hold_and_validate(held);
      run_.state.epochs += phase.epochs;
    }
    run_.state.epoch = 0;
    run_.state.training.clear();
    return true;
  }

 private:
  /// A stop request, or the end of the time if that is limited.
  struct training_stop {
    phase_training* training;
    [[nodiscard]] bool stop_requested() const {
      if (training->run_.clock.out_of_time()) {
        training->cut_short_ = true;
      }
      return training->was_stopped();
    }
  };
  [[nodiscard]] stop_condition stop_of_training() {
    cut_short_ = false;
    return run_.options.maximum_seconds > 0 ? stop_condition(training_stop{this}) : run_.options.stop;
  }

  /// Whether a training that returned may have done so early.
  [[nodiscard]] bool was_stopped() const { return cut_short_ || run_.options.stop.stop_requested(); }

  template <class Over, class Save>
  [[nodiscard]] bool by_epochs(held_masks held, const training_phase& phase, const Over& over, const Save& save) {
    const snapshot<Model> present(run_.model);
    // Begun without copying or moving it, which it need not allow.
    auto training =
        run_.clock.timed(&report::time_split::training, [&] { return run_.trainer.begin(run_.model, held, phase); });
    constexpr bool savable = requires(std::span<const std::byte> bytes) {
      training.load(bytes);
      run_.state.training = training.save();
    };
    if constexpr (savable) {
      if (run_.state.epoch > 0) {
        present.restore(run_.model);  // a trainer may begin by changing them
        training.load(std::span<const std::byte>(run_.state.training));
      }
    }
    while (run_.state.epoch < phase.epochs && !over()) {
      const double loss = run_.clock.timed(&report::time_split::training, [&] { return training.run_epoch(); });
      if (was_stopped()) {
        return false;
      }
      hold_and_validate(held);
      ++run_.state.epoch;
      ++run_.state.epochs;
      if (!std::isfinite(loss)) {
        reject<numeric_error>("prune::optimize",
                              {"a loss that is not finite in epoch ", run_.state.epoch, " of level ", phase.level},
                              {"finite numbers; a lower learning rate may help"});
      }
      if (run_.options.on_epoch) {
        run_.options.on_epoch({phase, run_.state.epoch, loss});
      }
      if constexpr (savable) {
        if (run_.options.checkpoint) {
          run_.state.training = training.save();
          save();
        }
      }
    }
    return run_.state.epoch == phase.epochs;
  }

  /// What a trainer forgets, masks or a look at its weights, must not break what is promised of the result.
  void hold_and_validate(held_masks held) {
    run_.layers.follow(held);
    run_.layers.validate();
  }

  run_parts<Model, Trainer, Layers, Options> run_;
  std::vector<regularize::layer_penalty> penalties_;
  std::atomic<bool> cut_short_ = false;  // the present training was told that its time is over
};

}  // namespace espalier::inline v0::prune::detail

#endif
