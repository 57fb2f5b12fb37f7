// SPDX-License-Identifier: Apache-2.0
// The pruning loop: select, mask, train and judge, level by level, until the network would lose too much.
#ifndef ESPALIER_PRUNE_OPTIMIZE_HPP
#define ESPALIER_PRUNE_OPTIMIZE_HPP

#include <utility>

#include <espalier/objective/objective.hpp>
#include <espalier/prune/detail/pruning_run.hpp>
#include <espalier/prune/options.hpp>
#include <espalier/prune/prunable_model.hpp>
#include <espalier/prune/result.hpp>
#include <espalier/prune/trainer.hpp>
#include <espalier/schedule/schedule.hpp>

namespace espalier::inline v0::prune {

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
          rank::ranking Ranking = rank::fisher, rank::normalization Normalization = rank::lamp>
[[nodiscard]] result<typename Model::value_type> optimize(Model& model, Trainer& trainer, const Objective& objective,
                                                          Schedule schedule,
                                                          const options<Ranking, Normalization>& options = {}) {
  validate(options);
  return detail::pruning_run<Model, Trainer, Objective, Schedule, prune::options<Ranking, Normalization>>(
      model, trainer, objective, std::move(schedule), options)();
}

}  // namespace espalier::inline v0::prune

#endif
