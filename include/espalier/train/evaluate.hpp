// SPDX-License-Identifier: Apache-2.0
// How good a network is on a set of samples.
#ifndef ESPALIER_TRAIN_EVALUATE_HPP
#define ESPALIER_TRAIN_EVALUATE_HPP

#include <cstddef>
#include <cstdint>
#include <span>

#include <espalier/loss/categorical_cross_entropy.hpp>
#include <espalier/train/data_view.hpp>
#include <espalier/train/detail/batch_passes.hpp>

namespace espalier::inline v0::train {

/// What `evaluate` finds.
struct evaluation {
  double loss = 0;      ///< mean over samples
  double accuracy = 0;  ///< share of samples whose largest score is at the right class; ties go to the lowest class
};

/// Settings of `evaluate`.
template <loss::loss Loss = loss::categorical_cross_entropy>
struct evaluate_options {
  Loss loss{};
  std::size_t threads = 1;  ///< 0: as many as the machine runs at once; the result is the same
};

/// @param model    a network, see nn::sequential.
/// @param data     samples and classes that fit it.
/// @param options  settings.
/// @return mean loss and accuracy.
/// @throws shape_error or argument_error if the data do not fit.   Complexity: one forward pass per sample.
template <class Model, loss::loss Loss = loss::categorical_cross_entropy>
[[nodiscard]] evaluation evaluate(const Model& model, const data_view<typename Model::value_type>& data,
                                  const evaluate_options<Loss>& options = {}) {
  expect_fitting(data, model.input_shape(), model.output_shape().size(), "train::evaluate");
  detail::batch_passes<Model, Loss> passes(model, data, options.loss, detail::thread_count(options.threads));
  const auto found = passes.judge(data.chosen);
  const auto samples = static_cast<double>(data.chosen.size());
  return {found.loss / samples, static_cast<double>(found.right) / samples};
}

}  // namespace espalier::inline v0::train

#endif
