// SPDX-License-Identifier: Apache-2.0
// How good a network is on a set of samples.
#ifndef ESPALIER_TRAIN_EVALUATE_HPP
#define ESPALIER_TRAIN_EVALUATE_HPP

#include <cstddef>
#include <limits>

#include <espalier/loss/categorical_cross_entropy.hpp>
#include <espalier/train/data_view.hpp>
#include <espalier/train/detail/batch_passes.hpp>

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
  std::size_t threads = 1;  ///< 0: as many as the machine runs at once; the result is the same
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
  detail::batch_passes<Model, Loss> passes(model, data, options.loss, detail::thread_count(options.threads));
  const auto found = passes.judge(data.chosen);
  const auto samples = static_cast<double>(data.chosen.size());
  double weight = data.weights.empty() ? samples : 0;
  for (std::size_t i = 0; !data.weights.empty() && i < data.chosen.size(); ++i) {
    weight += static_cast<double>(data.weights[data.chosen[i]]);
  }
  return {found.loss / samples, data.outputs == 0 ? found.right / weight : std::numeric_limits<double>::quiet_NaN()};
}

}  // namespace espalier::inline v0::train

#endif
