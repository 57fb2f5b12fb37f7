// SPDX-License-Identifier: Apache-2.0
// What the pruning loop asks of a training: fit, evaluate and, if the ranking needs them, numbers from data.
#ifndef ESPALIER_PRUNE_TRAINER_HPP
#define ESPALIER_PRUNE_TRAINER_HPP

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <espalier/base/stop_condition.hpp>
#include <espalier/mask/weight_mask.hpp>
#include <espalier/prune/prunable_model.hpp>
#include <espalier/regularize/layer_penalty.hpp>

namespace espalier::inline v0::prune {

/// What a stretch of training is for.
enum class purpose : std::uint8_t {
  level,      ///< masked, to be judged
  rewinding,  ///< unmasked, for pruned weights to grow back
  final       ///< masked, a little longer for the best network
};

/// One stretch of training inside the loop.
struct training_phase {
  std::size_t epochs = 0;  ///< how many times to go through the data
  std::size_t level = 0;   ///< how many levels were begun, this one included; for seeds and labels
  prune::purpose purpose = prune::purpose::level;
  double sparsity = 0;          ///< the target of the level, 0 to 1; in the final training that of the best network
  std::size_t first_epoch = 0;  ///< of them, done before the run was ended and gone on with
  stop_condition stop{};        ///< when it is stopped, `fit` returns early
  /// what to add to the loss; a trainer that cannot leaves it out
  std::span<const regularize::layer_penalty> penalties{};
};

/// One epoch inside the loop, of a trainer that goes epoch by epoch.
struct training_epoch {
  training_phase phase;   ///< to which it belongs
  std::size_t epoch = 0;  ///< of that phase, from 1
  double loss = 0;        ///< mean over the samples, as the trainer says
};

/// One mask per layer of a model, in the order of `layers()`.
/// @tparam Value  float or double.
template <class Value>
using masks = std::span<const mask::weight_mask<Value>>;

/// A training.
///
/// - `fit(model, masks, phase)` trains with fresh optimizer state. Weights that a mask holds must not move; without
///   masks everything is trained. Those that a mask says are trained as one move together, by the mean of their
///   gradients; if they end apart, the first of them counts. Throws numeric_error if losses or weights leave the finite
///   numbers.
/// - `evaluate(model)` returns the metric by which levels are judged, on data that is not trained on.
template <class Trainer, class Model>
concept trainer = prunable_model<Model> &&
    requires(Trainer& trainer, Model& model, masks<typename Model::value_type> held, training_phase phase) {
  trainer.fit(model, held, phase);
  { trainer.evaluate(model) } -> std::convertible_to<double>;
};

/// A trainer that gives the diagonal of the empirical Fisher information, for the ranking `fisher`.
///
/// `fisher(model)`: per layer, per weight, the mean over samples of the squared gradient of one sample's loss.
template <class Trainer, class Model>
concept fisher_trainer = trainer<Trainer, Model> && requires(Trainer& trainer, Model& model) {
  { trainer.fisher(model) } -> std::same_as<std::vector<std::vector<typename Model::value_type>>>;
};

/// A trainer that gives gradients, for the ranking `oracle`.
///
/// `gradients(model)`: per layer, per weight, the mean over mini-batches of the absolute gradient of the loss.
template <class Trainer, class Model>
concept gradient_trainer = trainer<Trainer, Model> && requires(Trainer& trainer, Model& model) {
  { trainer.gradients(model) } -> std::same_as<std::vector<std::vector<typename Model::value_type>>>;
};

/// A trainer that gives the diagonal of the Hessian of the mean loss, for the ranking `saliency`.
///
/// `curvature(model)`: per layer, per weight, the second derivative of the loss.
template <class Trainer, class Model>
concept curvature_trainer = trainer<Trainer, Model> && requires(Trainer& trainer, Model& model) {
  { trainer.curvature(model) } -> std::same_as<std::vector<std::vector<typename Model::value_type>>>;
};

/// A trainer whose training can be gone through epoch by epoch, so that the loop can tell of every epoch, end between
/// two of them, and save a run there.
///
/// `begin(model, masks, phase)` begins what `fit` would do and returns the training (it need not be movable), whose
/// `run_epoch()` goes once through the data and returns the mean loss. If the training also has `save()`, which gives
/// all that it remembers but for the model's parameters, and `load(bytes)`, a run that was ended can be gone on with
/// inside a level; else only between levels.
template <class Trainer, class Model>
concept stepwise_trainer = trainer<Trainer, Model> &&
    requires(Trainer& trainer, Model& model, masks<typename Model::value_type> held, training_phase phase) {
  { trainer.begin(model, held, phase).run_epoch() } -> std::convertible_to<double>;
};

/// A trainer that remembers something from one training to the next, such as a generator of its own:
/// `save()` gives it, `load(bytes)` brings it back.
template <class Trainer>
concept stateful_trainer = requires(Trainer& trainer, std::span<const std::byte> bytes) {
  { trainer.save() } -> std::same_as<std::vector<std::byte>>;
  trainer.load(bytes);
};

/// One thing that a saved run depends on, such as the data.
struct identity_part {
  std::string name;         ///< what an error calls it
  std::uint64_t value = 0;  ///< a fingerprint of it
};

/// A trainer that says what it depends on: `identity()`. A run that was saved under other data, seeds or settings is
/// then refused.
template <class Trainer>
concept identified_trainer = requires(const Trainer& trainer) {
  { trainer.identity() } -> std::same_as<std::vector<identity_part>>;
};

}  // namespace espalier::inline v0::prune

#endif
