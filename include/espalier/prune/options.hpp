// SPDX-License-Identifier: Apache-2.0
// Settings of the pruning loop.
#ifndef ESPALIER_PRUNE_OPTIONS_HPP
#define ESPALIER_PRUNE_OPTIONS_HPP

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <espalier/base/callback.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/base/stop_condition.hpp>
#include <espalier/hls/config.hpp>
#include <espalier/knapsack/solve_options.hpp>
#include <espalier/prune/checkpoint.hpp>
#include <espalier/prune/layer_actions.hpp>
#include <espalier/prune/trainer.hpp>
#include <espalier/rank/fisher.hpp>
#include <espalier/rank/lamp.hpp>
#include <espalier/regularize/layer_strengths.hpp>
#include <espalier/report/pruning_report.hpp>
#include <espalier/select/make_candidate.hpp>
#include <espalier/select/selection.hpp>

namespace espalier::inline v0::prune {

/// Settings of `optimize`.
/// @tparam Ranking        which loss a group has; the default needs a trainer that gives the Fisher information.
/// @tparam Normalization  how layers are put on one scale.
template <rank::ranking Ranking = rank::fisher, rank::normalization Normalization = rank::lamp>
struct options {
  double relative_tolerance = 0.98;  ///< of the baseline's metric, that a level must keep; > 0
  bool larger_is_better =
      true;                ///< false: the metric is an error, and a level may reach relative_tolerance x the baseline
  std::size_t epochs = 4;  ///< of training at each level, >= 1
  std::size_t rewinding = 0;          ///< of these, unmasked, for pruned weights to grow back; < epochs
  std::size_t final_epochs = 0;       ///< of masked training after the last level
  std::size_t cutoff_bad_trials = 3;  ///< so many levels in a row may fail; one more ends the run
  select::scope scope = select::scope::global;
  std::vector<layer_actions> actions{};        ///< of layers; none: what the model says of each
  std::vector<select::layer_budget> layers{};  ///< budgets of single layers; see select::options
  std::size_t minimum_kept = 1;                ///< groups that every layer keeps at least: no layer is cut through
  bool live = true;                            ///< give up groups that no path uses; see select::options
  select::sharing_saves sharing_saves = select::sharing_saves::what_the_objective_says;  ///< see select::options
  bool train_shared = false;  ///< weights that share one value train it on together; else they stay at their mean
  std::optional<hls::config> hls{};  ///< overrides the hls settings in the model's attributes
  select::valuation<Ranking, Normalization> valuation{};
  knapsack::solve_options knapsack{};
  /// in all trainings but the final one; see training_phase::penalties
  std::vector<regularize::layer_strengths> regularization{};
  std::optional<double> floor{};       ///< the worst metric that a level may have, whatever the baseline
  std::vector<std::int64_t> target{};  ///< of each resource: a good level that uses no more is the last; empty: none
  std::size_t maximum_levels = 0;      ///< so many levels at most; 0: any
  std::size_t maximum_epochs = 0;      ///< trainings that would go beyond are left out, the final one too; 0: any
  double maximum_seconds = 0;  ///< by `clock`; looked at before each epoch or training, and within by trainers that
                               ///< heed their stop condition; 0: any
  callback<double()> clock{};  ///< seconds since any moment; the library reads no clock of its own
  bool measure_times = false;  ///< by `clock`: whether the report says where the time went
  checkpoint_reference checkpoint{};  ///< where to keep the run, so that it can be ended at any time and gone on with
  stop_condition stop{};              ///< when it is stopped, the best network so far is the result
  callback<void(const training_phase&)> on_training{};  ///< called before every training
  callback<void(const training_epoch&)> on_epoch{};     ///< called after every epoch; see stepwise_trainer
  callback<void(const report::level&)> on_level{};      ///< called after every level
};

/// @param o  settings.
/// @throws argument_error if one is out of its range.
template <class Ranking, class Normalization>
void validate(const options<Ranking, Normalization>& o) {
  if (!(o.relative_tolerance > 0)) {
    reject<argument_error>("prune::optimize", {"relative tolerance ", o.relative_tolerance}, {"more than 0"});
  }
  if (o.epochs == 0 || o.rewinding >= o.epochs) {
    reject<argument_error>("prune::optimize", {o.epochs, " epochs with rewinding ", o.rewinding},
                           {"at least one epoch, and fewer to rewind"});
  }
  if (o.floor && std::isnan(*o.floor)) {
    reject<argument_error>("prune::optimize", {"a floor that is not a number"}, {"a metric"});
  }
  if (!(o.maximum_seconds >= 0) || (o.maximum_seconds > 0 && !o.clock)) {
    reject<argument_error>("prune::optimize",
                           {"at most ", o.maximum_seconds, " seconds with", o.clock ? " a clock" : "out a clock"},
                           {"0 or more, and a clock to measure them"});
  }
  if (o.measure_times && !o.clock) {
    reject<argument_error>("prune::optimize", {"times to measure without a clock"}, {"a clock to measure them"});
  }
}

}  // namespace espalier::inline v0::prune

#endif
