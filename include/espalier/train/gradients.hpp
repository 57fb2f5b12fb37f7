// SPDX-License-Identifier: Apache-2.0
// Numbers from data that rankings ask for: absolute gradients over mini-batches, squared ones over samples.
#ifndef ESPALIER_TRAIN_GRADIENTS_HPP
#define ESPALIER_TRAIN_GRADIENTS_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/all_finite.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/loss/categorical_cross_entropy.hpp>
#include <espalier/train/data_view.hpp>
#include <espalier/train/detail/batch_passes.hpp>

namespace espalier::inline v0::train {

/// Settings of `mean_absolute_gradients` and `fisher_information`.
template <loss::loss Loss = loss::categorical_cross_entropy>
struct gradient_options {
  std::size_t samples = 4096;  ///< that are looked at, >= 1; all if there are fewer
  std::size_t batch = 128;     ///< samples in a mini-batch, >= 1
  std::uint64_t seed = 0;      ///< of the choice of samples
  std::size_t threads = 1;     ///< 0: as many as the machine runs at once; the result is the same
  Loss loss{};
};

namespace detail {

/// Names the last layer whose gradients are not finite.
template <class Model>
void expect_finite_gradients(Model& model, std::span<const typename Model::value_type> gradients) {
  if (kernels::all_finite(gradients)) {
    return;
  }
  const auto parameters = model.parameters();
  std::size_t end = gradients.size();
  for (std::size_t p = parameters.size(); p-- > 0; end -= parameters[p].size()) {
    if (!kernels::all_finite(gradients.first(end).last(parameters[p].size()))) {
      throw numeric_error(error_message("train::gradients",
                                        "gradients of layer '" + model.parameter_layers()[p] + "' that are not finite",
                                        "finite numbers"));
    }
  }
}

/// Calls add(gradients, samples) for mini-batches of randomly chosen samples, then cuts the sums into layers.
template <kernels::gradient_kind Kind, class Model, class Options, class Add>
[[nodiscard]] std::vector<std::vector<typename Model::value_type>> gradients_of_kernels(
    Model& model, const data_view<typename Model::value_type>& data, const Options& options, Add&& add) {
  using value_type = typename Model::value_type;
  expect_fitting(data, demands_of(model, options.loss), "train::gradients");
  if (options.samples == 0 || options.batch == 0) {
    throw argument_error(error_message("train::gradients", "0 samples, or batches of 0", "1 or more"));
  }
  batch_passes<Model, decltype(options.loss)> passes(model, data, options.loss, thread_count(options.threads));
  std::vector<std::uint32_t> order = data.chosen;
  random_generator(options.seed).shuffle(std::span(order));
  order.resize((std::min)(order.size(), options.samples));
  const auto parameters = model.parameters();
  std::size_t numbers = 0;
  for (const auto& parameter : parameters) {
    numbers += parameter.size();
  }
  std::vector<value_type> gradients(numbers);
  std::vector<double> sums(numbers);
  for (std::size_t begin = 0; begin < order.size(); begin += options.batch) {
    const auto batch =
        std::span<const std::uint32_t>(order).subspan(begin, (std::min)(options.batch, order.size() - begin));
    passes.template gradients<Kind>(batch, {}, std::span<value_type>(gradients));
    expect_finite_gradients(model, std::span<const value_type>(gradients));
    for (std::size_t i = 0; i < numbers; ++i) {
      sums[i] += add(static_cast<double>(gradients[i]), batch.size());
    }
  }
  std::vector<std::vector<value_type>> result;
  const auto layers = model.layers();
  std::size_t begin = 0;
  for (const auto& parameter : parameters) {
    if (result.size() < layers.size() && parameter.data() == layers[result.size()].kernel.data()) {
      const auto first = sums.begin() + static_cast<std::ptrdiff_t>(begin);
      result.emplace_back(first, first + static_cast<std::ptrdiff_t>(parameter.size()));
    }
    begin += parameter.size();
  }
  return result;
}

}  // namespace detail

/// Mean over mini-batches of the absolute gradient of the mean loss, for the ranking `oracle`.
/// @param model    a network, see nn::sequential.
/// @param data     samples with classes or targets that fit it and the loss.
/// @param options  settings.
/// @return per layer with a kernel, one number per weight.
/// @throws shape_error or argument_error if the data or settings do not fit; numeric_error that names the layer if a
///         gradient is not finite.
/// Source: Molchanov et al. 2016, arXiv 1611.06440; absolute values per mini-batch, since the mean vanishes at a
/// minimum.
template <class Model, loss::loss Loss = loss::categorical_cross_entropy>
[[nodiscard]] std::vector<std::vector<typename Model::value_type>> mean_absolute_gradients(
    Model& model, const data_view<typename Model::value_type>& data, const gradient_options<Loss>& options = {}) {
  const std::size_t looked_at = (std::min)(data.chosen.size(), options.samples);
  const double batches = std::ceil(static_cast<double>(looked_at) / static_cast<double>(options.batch));
  return detail::gradients_of_kernels<kernels::gradient_kind::plain>(
      model, data, options,
      [&](double sum, std::size_t samples) { return std::abs(sum) / (static_cast<double>(samples) * batches); });
}

/// Mean over samples of the squared gradient of a sample's loss, the diagonal of the empirical Fisher information, for
/// the ranking `fisher`.
/// @param model    a network, see nn::sequential.
/// @param data     samples with classes or targets that fit it and the loss.
/// @param options  settings.
/// @return per layer with a kernel, one number per weight, >= 0.
/// @throws shape_error or argument_error if the data or settings do not fit; numeric_error that names the layer if a
///         gradient is not finite.
/// Source: Theis et al. 2018, arXiv 1801.05787.
template <class Model, loss::loss Loss = loss::categorical_cross_entropy>
[[nodiscard]] std::vector<std::vector<typename Model::value_type>> fisher_information(
    Model& model, const data_view<typename Model::value_type>& data, const gradient_options<Loss>& options = {}) {
  const auto looked_at = static_cast<double>((std::min)(data.chosen.size(), options.samples));
  return detail::gradients_of_kernels<kernels::gradient_kind::squared>(
      model, data, options, [&](double sum, std::size_t) { return sum / looked_at; });
}

}  // namespace espalier::inline v0::train

#endif
