// SPDX-License-Identifier: Apache-2.0
// A layer as a model shows it to the pruning: what is known of it, and its weights in place.
#ifndef ESPALIER_ATTRIBUTES_PRUNABLE_LAYER_HPP
#define ESPALIER_ATTRIBUTES_PRUNABLE_LAYER_HPP

#include <span>

#include <espalier/attributes/layer_attributes.hpp>

namespace espalier::inline v0::attributes {

/// One layer of a prunable model.
/// @tparam Value  float or double.
template <class Value>
struct prunable_layer {
  layer_attributes attributes;
  std::span<Value> kernel;  ///< the model's own weights, row-major in attributes.kernel_shape
  std::span<Value> bias;    ///< one per neuron or filter; empty without a bias
};

}  // namespace espalier::inline v0::attributes

#endif
