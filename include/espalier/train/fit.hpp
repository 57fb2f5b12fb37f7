// SPDX-License-Identifier: Apache-2.0
// Trains a network: epochs of shuffled mini-batches.
#ifndef ESPALIER_TRAIN_FIT_HPP
#define ESPALIER_TRAIN_FIT_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/stop_condition.hpp>
#include <espalier/loss/categorical_cross_entropy.hpp>
#include <espalier/optim/adam.hpp>
#include <espalier/optim/constant_rate.hpp>
#include <espalier/regularize/layer_penalty.hpp>
#include <espalier/train/augmentation.hpp>
#include <espalier/train/data_view.hpp>
#include <espalier/train/detail/fitting.hpp>
#include <espalier/train/detail/gathered.hpp>
#include <espalier/train/detail/loader_source.hpp>
#include <espalier/train/detail/memory_source.hpp>
#include <espalier/train/loader.hpp>
#include <espalier/train/progress.hpp>
#include <espalier/train/validation.hpp>

namespace espalier::inline v0::train {

/// Settings of `fit`.
template <optim::optimizer Optimizer = optim::adam, optim::learning_rate Rate = optim::constant_rate,
          loss::loss Loss = loss::categorical_cross_entropy>
struct fit_options {
  std::size_t epochs = 1;   ///< how often to go through the data
  std::size_t batch = 128;  ///< samples in a mini-batch, >= 1; the last one of an epoch may have fewer
  std::uint64_t seed = 0;   ///< of the order of the samples
  bool shuffle = true;      ///< false: every epoch takes the samples in the order of the view or loader
  std::size_t threads = 1;  ///< 0: as many as the machine runs at once; the result is the same, bit for bit
  Optimizer optimizer{};
  Rate learning_rate{};
  Loss loss{};
  std::vector<double> class_weights{};  ///< how much samples of each class count, times their own weights; none: 1 each
  std::vector<regularize::layer_penalty> penalties{};  ///< added to the loss that is made small, not to that reported
  augmentation augment{};                              ///< changes samples at random before a step sees them
  /// whether dead units of masked dense layers and convolutions are left out while a network is trained: less work, and
  /// the same up to rounding; what callbacks do to weights is then not seen. false: the whole network
  bool gather = true;
  bool load_ahead = false;  ///< whether a thread of its own loads the next batch during a step; for loaders only
  stop_condition stop{};    ///< when it is stopped, the training ends before its next step
  std::function<void(const progress&)> on_step{};   ///< called after each step
  std::function<void(const progress&)> on_epoch{};  ///< called after each epoch
};

namespace detail {

/// Checks settings, whatever the data.
template <class Model, class Options>
void expect_options(const Model& model, const Options& options) {
  if (options.batch == 0) {
    reject<argument_error>("train::fit", {"batches of 0 samples"}, {"1 or more"});
  }
  const std::size_t classes = demands_of(model, options.loss).classes;
  if (!options.class_weights.empty() && options.class_weights.size() != classes) {
    reject<shape_error>("train::fit", {options.class_weights.size(), " weights of classes"},
                        {classes == 0 ? "none, as there are targets" : std::to_string(classes) + ", one per class"});
  }
  for (const double weight : options.class_weights) {
    if (!(weight >= 0 && weight <= (std::numeric_limits<float>::max)())) {
      reject<argument_error>("train::fit", {"class weight ", weight}, {"0 or more"});
    }
  }
  if (options.augment && !options.augment.template takes<typename Model::value_type>()) {
    reject<argument_error>("train::fit", {"an augmentation of other numbers than the network's"},
                           {"one of float or double, as the network has"});
  }
}

template <class Model, class Options>
void expect_trainable(const Model& model, const data_view<typename Model::value_type>& data, const Options& options) {
  expect_fitting(data, demands_of(model, options.loss), "train::fit");
  expect_options(model, options);
  const bool labelled = data.outputs == 0 || demands_of(model, options.loss).needs_both;
  if (!options.class_weights.empty() && !labelled) {
    reject<shape_error>("train::fit", {options.class_weights.size(), " weights of classes"},
                        {"none, as there are targets"});
  }
}

template <class Model, class Options>
void expect_watchable(const Model& model, const validation<typename Model::value_type>& v, const Options& options) {
  expect_fitting(v.data, demands_of(model, options.loss), "train::fit");
  if (!(v.improvement >= 0 && v.improvement <= (std::numeric_limits<double>::max)())) {
    reject<argument_error>("train::fit", {"an improvement of ", v.improvement}, {"0 or more"});
  }
}

/// Makes a training of a network, or of what is gathered of it, and runs it.
/// @tparam Source  of batches.
template <class Source, class Model, class Data, class Options, class Run>
auto run_fitting(Model& model, Data& data, const Options& options, const Run& run) {
  gathered<Model> network(model, options);
  const Options watched = network.watched(options);
  fitting<Model, Options, Source> training(network.model(), data, watched);
  return run(training);
}

}  // namespace detail

/// Trains a network in place. Weights that its masks hold do not move.
/// @param model    a network, see nn::sequential.
/// @param data     samples with classes or targets that fit it and the loss.
/// @param options  settings.
/// @throws shape_error or argument_error if the data or settings do not fit; numeric_error that names layer and step if
///         losses, gradients or weights leave the finite numbers (the network then has the weights before that step).
/// Complexity: one forward and backward pass per sample and epoch; a step allocates nothing after the first.
template <class Model, optim::optimizer Optimizer = optim::adam, optim::learning_rate Rate = optim::constant_rate,
          loss::loss Loss = loss::categorical_cross_entropy>
void fit(Model& model, const data_view<typename Model::value_type>& data,
         const fit_options<Optimizer, Rate, Loss>& options) {
  detail::expect_trainable(model, data, options);
  using source = detail::memory_source<typename Model::value_type>;
  detail::run_fitting<source>(model, data, options, [](auto& training) { training(); });
}

/// Trains a network in place and looks at its loss on other data after every epoch.
/// @param model       a network, see nn::sequential.
/// @param data        samples with classes or targets that fit it and the loss.
/// @param watched_by  the other data, and what follows from their loss.
/// @param options     settings.
/// @return how it went.
/// @throws as the one above.   Complexity: the one above, and one forward pass per sample of the other data and epoch.
template <class Model, optim::optimizer Optimizer = optim::adam, optim::learning_rate Rate = optim::constant_rate,
          loss::loss Loss = loss::categorical_cross_entropy>
fit_result fit(Model& model, const data_view<typename Model::value_type>& data,
               const validation<typename Model::value_type>& watched_by,
               const fit_options<Optimizer, Rate, Loss>& options) {
  detail::expect_trainable(model, data, options);
  detail::expect_watchable(model, watched_by, options);
  using source = detail::memory_source<typename Model::value_type>;
  return detail::run_fitting<source>(model, data, options,
                                     [&](auto& training) { return training.watched_by(watched_by); });
}

/// Trains a network in place with samples that a loader brings, batch by batch: as many as a batch has, twice with
/// `load_ahead`, and the numbers of all samples are in memory.
/// @param model    a network, see nn::sequential.
/// @param data     a loader whose samples fit it and the loss; equal samples in memory lead to the same bits.
/// @param options  settings.
/// @throws as for samples in memory, but for the samples of a batch when it was loaded, with its place; and what the
///         loader throws.
/// Complexity: as for samples in memory, and the loader's.
template <class Model, loader<typename Model::value_type> Loader, optim::optimizer Optimizer = optim::adam,
          optim::learning_rate Rate = optim::constant_rate, loss::loss Loss = loss::categorical_cross_entropy>
void fit(Model& model, Loader& data, const fit_options<Optimizer, Rate, Loss>& options) {
  detail::expect_options(model, options);
  using source = detail::loader_source<typename Model::value_type, Loader>;
  detail::run_fitting<source>(model, data, options, [](auto& training) { training(); });
}

/// The same, with a look at the loss on other data after every epoch.
/// @param model       a network, see nn::sequential.
/// @param data        a loader whose samples fit it and the loss.
/// @param watched_by  the other data, in memory, and what follows from their loss.
/// @param options     settings.
/// @return how it went.   @throws as the one above.   Complexity: as with samples in memory.
template <class Model, loader<typename Model::value_type> Loader, optim::optimizer Optimizer = optim::adam,
          optim::learning_rate Rate = optim::constant_rate, loss::loss Loss = loss::categorical_cross_entropy>
fit_result fit(Model& model, Loader& data, const validation<typename Model::value_type>& watched_by,
               const fit_options<Optimizer, Rate, Loss>& options) {
  detail::expect_options(model, options);
  detail::expect_watchable(model, watched_by, options);
  using source = detail::loader_source<typename Model::value_type, Loader>;
  return detail::run_fitting<source>(model, data, options,
                                     [&](auto& training) { return training.watched_by(watched_by); });
}

}  // namespace espalier::inline v0::train

#endif
