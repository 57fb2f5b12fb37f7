// SPDX-License-Identifier: Apache-2.0
// How good a network is on a set of samples.
#ifndef ESPALIER_TRAIN_EVALUATE_HPP
#define ESPALIER_TRAIN_EVALUATE_HPP

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>

#include <espalier/base/errors.hpp>
#include <espalier/loss/categorical_cross_entropy.hpp>
#include <espalier/nn/workspace.hpp>
#include <espalier/train/data_view.hpp>
#include <espalier/train/detail/batch_passes.hpp>
#include <espalier/train/detail/loader_source.hpp>
#include <espalier/train/detail/source_settings.hpp>
#include <espalier/train/loader.hpp>

namespace espalier::inline v0::train {

/// What `evaluate` finds.
struct evaluation {
  double loss = 0;      ///< mean over samples of weight x loss
  double accuracy = 0;  ///< share of samples, by weight, whose largest score is at the right class (ties go to the
                        ///< lowest); a single output above 1/2 says class 1; not a number if there are targets
};

/// Settings of `evaluate`.
template <loss::loss Loss = loss::categorical_cross_entropy>
struct evaluate_options {
  Loss loss{};
  std::size_t threads = 1;   ///< 0: as many as the machine runs at once; the result is the same
  std::size_t batch = 1024;  ///< samples that a loader is asked for at a time, >= 1
};

/// @param model    a network, see nn::sequential.
/// @param data     samples with classes or targets that fit it and the loss.
/// @param options  settings.
/// @return mean loss and accuracy.
/// @throws shape_error or argument_error if the data do not fit.   Complexity: one forward pass per sample.
template <class Model, loss::loss Loss = loss::categorical_cross_entropy>
[[nodiscard]] evaluation evaluate(const Model& model, const data_view<typename Model::value_type>& data,
                                  const evaluate_options<Loss>& options = {}) {
  expect_fitting(data, detail::demands_of(model, options.loss), "train::evaluate");
  detail::batch_passes<Model, Loss> passes(model, data, options.loss,
                                           {detail::thread_count(options.threads), nn::workspace_kind::inference});
  const auto found = passes.judge(data.chosen);
  const auto samples = static_cast<double>(data.chosen.size());
  double weight = data.weights.empty() ? samples : 0;
  for (std::size_t i = 0; !data.weights.empty() && i < data.chosen.size(); ++i) {
    weight += static_cast<double>(data.weights[data.chosen[i]]);
  }
  return {found.loss / samples, data.outputs == 0 ? found.right / weight : std::numeric_limits<double>::quiet_NaN()};
}

/// The same for samples that a loader brings.
/// @param model    a network, see nn::sequential.
/// @param data     a loader, asked for 0, 1, 2, ... of epoch 0.
/// @param options  settings.
/// @return mean loss and accuracy.
/// @throws shape_error or argument_error if the data do not fit, or batches have no samples; and what the loader
/// throws.
template <class Model, loader<typename Model::value_type> Loader, loss::loss Loss = loss::categorical_cross_entropy>
[[nodiscard]] evaluation evaluate(const Model& model, Loader& data, const evaluate_options<Loss>& options = {}) {
  using value_type = typename Model::value_type;
  if (options.batch == 0) {
    reject<argument_error>("train::evaluate", {"batches of 0 samples"}, {"1 or more"});
  }
  detail::source_settings settings;
  settings.demands = detail::demands_of(model, options.loss);
  detail::loader_source<value_type, Loader> source(data, settings);
  detail::batch_passes<Model, Loss> passes(model, source.view(), options.loss,
                                           {detail::thread_count(options.threads), nn::workspace_kind::inference});
  evaluation sums;
  double weight = 0;
  for (std::size_t begin = 0; begin < source.size(); begin += options.batch) {
    const auto batch = source.batch(begin, (std::min)(options.batch, source.size() - begin));
    const auto found = passes.judge(batch);
    const auto& weights = source.view().weights;
    sums.loss += found.loss;
    sums.accuracy += found.right;
    weight +=
        weights.empty() ? static_cast<double>(batch.size()) : std::accumulate(weights.begin(), weights.end(), 0.0);
  }
  const bool labelled = source.view().outputs == 0;
  return {sums.loss / static_cast<double>(source.size()),
          labelled ? sums.accuracy / weight : std::numeric_limits<double>::quiet_NaN()};
}

}  // namespace espalier::inline v0::train

#endif
