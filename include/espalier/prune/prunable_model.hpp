// SPDX-License-Identifier: Apache-2.0
// What a network must show to be pruned; a user's own classes satisfy it with two member functions.
#ifndef ESPALIER_PRUNE_PRUNABLE_MODEL_HPP
#define ESPALIER_PRUNE_PRUNABLE_MODEL_HPP

#include <concepts>
#include <span>
#include <vector>

#include <espalier/attributes/prunable_layer.hpp>
#include <espalier/mask/weight_mask.hpp>

namespace espalier::inline v0::prune {

/// A network that can be pruned.
///
/// - `value_type`: float or double.
/// - `layers()`: the layers with weights to prune, in the order in which data takes them; kernel and bias are views of
///   the network's own numbers. The same layers in the same order at every call.
/// - `parameters()`: views of all numbers that training changes (kernels and biases included), so that they can be
///   saved and restored.
template <class Model>
concept prunable_model = std::floating_point<typename Model::value_type> && requires(Model& model) {
  { model.layers() } -> std::same_as<std::vector<attributes::prunable_layer<typename Model::value_type>>>;
  { model.parameters() } -> std::same_as<std::vector<std::span<typename Model::value_type>>>;
};

/// A prunable model that keeps masks itself: `set_masks(masks)`, one per layer, holds the weights from now on. After a
/// run it is told the masks of the best network, so that further training keeps to them.
template <class Model>
concept maskable_model = prunable_model<Model> &&
    requires(Model& model, std::span<const mask::weight_mask<typename Model::value_type>> masks) {
  model.set_masks(masks);
};

}  // namespace espalier::inline v0::prune

#endif
