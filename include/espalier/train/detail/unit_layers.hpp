// SPDX-License-Identifier: Apache-2.0
// The layers of a network whose units may be left out, and which units can only go together.
#ifndef ESPALIER_TRAIN_DETAIL_UNIT_LAYERS_HPP
#define ESPALIER_TRAIN_DETAIL_UNIT_LAYERS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <espalier/base/compiled_once.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/nn/unit_node.hpp>

namespace espalier::inline v0::train::detail {

/// A layer with a kernel [place][input][unit]. Units that are added up somewhere are of one bundle: they can only go
/// together. Bundle 0 has all that must stay: samples, outputs, and units that something mixes.
struct unit_layer {
  std::size_t places = 1;               ///< of the kernel: 1 of a dense layer, height x width of a convolution
  std::vector<std::size_t> reads{};     ///< per input: the bundle of the units that it sees
  std::vector<std::size_t> gives{};     ///< per unit: its bundle
  std::vector<std::uint8_t> held{};     ///< one per weight: 1 if it is held at 0
  std::vector<std::uint8_t> lowered{};  ///< one per unit: 1 if its bias is not positive, or it has none
  bool rectified = false;  ///< whether on each way from it a relu is the first thing that changes single numbers

  [[nodiscard]] std::size_t inputs() const noexcept { return reads.size(); }
  [[nodiscard]] std::size_t units() const noexcept { return gives.size(); }
  [[nodiscard]] bool is_held(std::size_t place, std::size_t input, std::size_t unit) const {
    return held[(place * inputs() + input) * units() + unit] != 0;
  }
};

/// Follows units through a network.
/// @tparam T  float or double.
template <class T>
class unit_tracer {
  using bundles = std::vector<std::size_t>;

 public:
  explicit unit_tracer(const std::vector<nn::unit_node<T>>& nodes) : nodes_(nodes), units_(nodes.size()) {}

  /// @return the layers of role `kernel`, in order.
  [[nodiscard]] std::vector<unit_layer> layers() {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      units_[i] = units_of(i);
      if (nodes_[i].output) {
        keep(units_[i]);
      }
    }
    for (unit_layer& layer : layers_) {
      for (bundles* own : {&layer.reads, &layer.gives}) {
        for (std::size_t& bundle : *own) {
          bundle = root_of(bundle);
        }
      }
    }
    return std::move(layers_);
  }

 private:
  /// The bundles of a node's units, once those of all before it are known.
  [[nodiscard]] bundles units_of(std::size_t index) {
    const nn::unit_node<T>& n = nodes_[index];
    switch (n.role) {
      case nn::unit_role::kernel:
        return units_of_kernel(index);
      case nn::unit_role::layer:
        return units_of_layer(n);
      case nn::unit_role::sum:
        return sums(n);
      case nn::unit_role::beside:
        return beside(n);
      case nn::unit_role::samples:
        break;
    }
    return bundles(n.units, 0);
  }

  [[nodiscard]] bundles units_of_kernel(std::size_t index) {
    const nn::unit_node<T>& n = nodes_[index];
    const extents& shape = n.kernel_shape;
    unit_layer layer;
    layer.reads = units_[n.inputs[0]];
    const std::size_t inputs = shape[shape.rank() - 2];
    if (layer.reads.size() != inputs) {  // a convolution that looks at a part of the channels only
      keep(layer.reads);
      layer.reads.assign(inputs, 0);
    }
    for (std::size_t unit = 0; unit < n.units; ++unit) {
      layer.gives.push_back(parents_.size());
      parents_.push_back(parents_.size());
      layer.lowered.push_back(n.bias.empty() || n.bias[unit] <= 0 ? 1 : 0);
    }
    layer.places = shape.size() / (inputs * n.units);
    layer.held.resize(shape.size());
    for (std::size_t i = 0; n.mask != nullptr && i < shape.size(); ++i) {
      layer.held[i] = n.mask->mask[i] == 0 && n.kernel[i] == 0 ? 1 : 0;
    }
    layer.rectified = is_rectified(index);
    layers_.push_back(std::move(layer));
    return layers_.back().gives;
  }

  /// Behind a flattening unit i is that of channel i modulo the channels before it.
  [[nodiscard]] bundles units_of_layer(const nn::unit_node<T>& n) {
    const bundles& before = units_[n.inputs[0]];
    if (n.flow == nn::unit_flow::mixes || before.empty() || n.units % before.size() != 0) {
      for (const std::size_t input : n.inputs) {
        keep(units_[input]);
      }
      return bundles(n.units, 0);
    }
    bundles result;
    for (std::size_t unit = 0; unit < n.units; ++unit) {
      result.push_back(before[unit % before.size()]);
    }
    return result;
  }

  [[nodiscard]] bundles sums(const nn::unit_node<T>& n) {
    const bundles& first = units_[n.inputs[0]];
    for (const std::size_t input : n.inputs) {
      for (std::size_t unit = 0; unit < first.size(); ++unit) {
        join(first[unit], units_[input][unit]);
      }
    }
    return first;
  }

  [[nodiscard]] bundles beside(const nn::unit_node<T>& n) const {
    bundles result;
    for (const std::size_t input : n.inputs) {
      result.insert(result.end(), units_[input].begin(), units_[input].end());
    }
    return result;
  }

  /// Whether on each way from a node a relu is the first thing that changes single numbers.
  [[nodiscard]] bool is_rectified(std::size_t index) const {
    bool result = !nodes_[index].output;
    for (std::size_t i = index + 1; result && i < nodes_.size(); ++i) {
      const nn::unit_node<T>& user = nodes_[i];
      if (std::find(user.inputs.begin(), user.inputs.end(), index) != user.inputs.end()) {
        const bool joins = user.role == nn::unit_role::sum || user.role == nn::unit_role::beside;
        const bool changes = user.role == nn::unit_role::layer;
        result = (changes && user.flow == nn::unit_flow::rectifies) ||
                 ((joins || (changes && user.flow == nn::unit_flow::carries)) && is_rectified(i));
      }
    }
    return result;
  }

  void keep(const bundles& all) {
    for (const std::size_t bundle : all) {
      join(0, bundle);
    }
  }
  void join(std::size_t a, std::size_t b) {
    const auto [low, high] = std::minmax({root_of(a), root_of(b)});
    parents_[high] = low;
  }
  [[nodiscard]] std::size_t root_of(std::size_t bundle) const {
    while (parents_[bundle] != bundle) {
      bundle = parents_[bundle];
    }
    return bundle;
  }

  const std::vector<nn::unit_node<T>>& nodes_;
  std::vector<bundles> units_;           // of each node
  std::vector<std::size_t> parents_{0};  // of each bundle: itself, or one that it was joined to, nearer to the root
  std::vector<unit_layer> layers_;
};

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE class unit_tracer<float>;
ESPALIER_COMPILED_ONCE class unit_tracer<double>;
#endif

}  // namespace espalier::inline v0::train::detail

#endif
