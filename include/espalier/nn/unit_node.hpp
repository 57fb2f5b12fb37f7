// SPDX-License-Identifier: Apache-2.0
// What a network is made of as far as units are concerned, the channels along the last axis.
#ifndef ESPALIER_NN_UNIT_NODE_HPP
#define ESPALIER_NN_UNIT_NODE_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <espalier/base/extents.hpp>
#include <espalier/mask/weight_mask.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/nn/masked.hpp>
#include <espalier/tensor/tensor.hpp>

namespace espalier::inline v0::nn {

/// Where the units of a node come from.
enum class unit_role : std::uint8_t {
  samples,  ///< they are those of the samples
  kernel,   ///< a dense layer or convolution makes them, which can be made anew with fewer
  layer,    ///< another layer makes them of those before it, see unit_flow
  sum,      ///< they are sums of those of other nodes
  beside    ///< they are those of other nodes, one after the other
};

/// A node of a network: samples, a layer, or outputs that are joined.
/// @tparam T  float or double.
template <class T>
struct unit_node {
  unit_role role = unit_role::samples;
  unit_flow flow = unit_flow::mixes;  ///< of role `layer`
  std::vector<std::size_t> inputs{};  ///< the nodes that feed it, all before it
  std::size_t units = 0;              ///< numbers along the last axis
  bool output = false;                ///< whether they are outputs of the network
  std::size_t parameters = 0;         ///< how many entries of the network's parameters() are its own
  bool prunable = false;              ///< whether the network's layers() show it
  extents kernel_shape{};             ///< what follows is of layers that are prunable
  std::span<const T> kernel{};
  std::span<const T> bias{};
  const mask::weight_mask<T>* mask = nullptr;  ///< null: nothing is held
};

namespace detail {

/// A dense layer or convolution, perhaps masked, which can be made anew with fewer units.
template <class Layer>
concept plain_layer = weighted_layer<Layer> && requires(const Layer& l) {
  typename Layer::plain_type;
  l.options();
  requires std::is_same_v<Layer, typename Layer::plain_type> ||
      std::is_same_v<Layer, masked<typename Layer::plain_type>>;
};

/// @return a layer of the same settings that has not been built, with so many units if it is plain.
template <class Layer>
[[nodiscard]] Layer remade(const Layer& l, [[maybe_unused]] std::size_t units) {
  if constexpr (plain_layer<Layer>) {
    auto options = l.options();
    if constexpr (requires { options.units; }) {
      options.units = units;
    } else {
      options.filters = units;
    }
    return Layer(std::move(options));
  } else {
    return l;
  }
}

/// @param inputs  the node that feeds it.   @param units  of its output.
template <class Layer>
[[nodiscard]] unit_node<typename Layer::value_type> unit_node_of(const Layer& l, std::vector<std::size_t> inputs,
                                                                 std::size_t units) {
  unit_node<typename Layer::value_type> node;
  node.role = plain_layer<Layer> ? unit_role::kernel : unit_role::layer;
  node.flow = trained_layer<Layer> ? unit_flow::mixes : unit_flow_of<Layer>();
  node.inputs = std::move(inputs);
  node.units = units;
  node.parameters = batch_layer<Layer> ? 3 : (trained_layer<Layer> ? 2 : 0);
  if constexpr (weighted_layer<Layer>) {
    node.prunable = true;
    node.kernel_shape = l.attributes().kernel_shape;
    node.kernel = elements(l.kernel());
    node.bias = elements(l.bias());
    if constexpr (requires { l.mask(); }) {
      node.mask = &l.mask();
    }
  }
  return node;
}

}  // namespace detail

}  // namespace espalier::inline v0::nn

#endif
