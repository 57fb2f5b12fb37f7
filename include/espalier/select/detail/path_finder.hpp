// SPDX-License-Identifier: Apache-2.0
// Follows paths through the units of a network.
#ifndef ESPALIER_SELECT_DETAIL_PATH_FINDER_HPP
#define ESPALIER_SELECT_DETAIL_PATH_FINDER_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/select/connection.hpp>

namespace espalier::inline v0::select::detail {

/// Follows paths through the units (neurons, filters) of a network. The inputs of a kernel are mapped to the units of
/// the one layer before it; flattening keeps channels fastest, so input i comes from channel i mod channels. A unit of
/// a DepthwiseConv2D reads the one channel it belongs to.
class path_finder {
 public:
  explicit path_finder(const std::vector<connection>& layers) : layers_(layers), views_(layers.size()) {
    for (std::size_t l = 0; l < layers.size(); ++l) {
      if (place_of(layers[l].layer->name) != l) {
        reject<argument_error>("select::live_weights", {"two layers with the name '", layers[l].layer->name, "'"},
                               {"names that differ"});
      }
      expect_weights(layers[l]);
    }
    for (std::size_t l = 0; l < layers.size(); ++l) {
      look_at(l);
    }
    mark_ends();
    for (std::size_t l = 0; l < layers.size(); ++l) {
      reach(l);
    }
    for (std::size_t l = layers.size(); l-- > 0;) {
      use(l);
    }
  }

  /// Marks the weights of a layer that lie on a path from an input to an output.
  [[nodiscard]] std::vector<std::uint8_t> live(std::size_t l) const {
    std::vector<std::uint8_t> result(layers_[l].present.size(), 0);
    visit(l, [&](std::size_t input, std::size_t output, std::size_t index) {
      result[index] = reached_input(l, input, output) && views_[l].useful[output] != 0 ? 1 : 0;
    });
    return result;
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  /// A layer as paths see it.
  struct view {
    std::size_t inputs = 0;
    std::size_t outputs = 0;
    std::size_t multiplier = 0;         // of a DepthwiseConv2D, else 0
    std::size_t before = none;          // the layer whose units are the inputs
    std::vector<std::uint8_t> reached;  // per unit: from an input of the network
    std::vector<std::uint8_t> useful;   // per unit: to an output
  };

  static void expect_weights(const connection& c) {
    if (c.present.size() != c.layer->kernel_shape.size()) {
      reject<shape_error>("select::live_weights", {c.present.size(), " weights of layer '", c.layer->name, "'"},
                          {c.layer->kernel_shape.size(), ", as its kernel has"});
    }
  }

  /// The first layer with a name: layers are too few for more than a look at each.
  [[nodiscard]] std::size_t place_of(const std::string& name) const {
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      if (layers_[l].layer->name == name) {
        return l;
      }
    }
    reject<argument_error>("select::live_weights", {"inbound layer '", name, "'"}, {"the name of a layer"});
  }

  void look_at(std::size_t l) {
    const attributes::layer_attributes& layer = *layers_[l].layer;
    view& v = views_[l];
    const extents kernel = grouping_shape(layer);
    v.outputs = kernel.back();
    v.inputs = kernel.size() / v.outputs;
    v.multiplier = layer.kind == attributes::layer_kind::depthwise_conv2d ? layer.kernel_shape.back() : 0;
    v.reached.assign(v.outputs, 0);
    v.useful.assign(v.outputs, 0);
    if (layer.inbound.size() == 1) {
      const std::size_t from = place_of(layer.inbound.front());
      v.before = from < l && fits(v, grouping_shape(*layers_[from].layer).back()) ? from : none;
    }
  }

  [[nodiscard]] static bool fits(const view& v, std::size_t units_before) noexcept {
    return v.multiplier == 0 ? v.inputs % units_before == 0 : v.outputs == units_before * v.multiplier;
  }

  /// Layers that none reads make outputs. Where it is not known which unit feeds which input, all count as connected.
  void mark_ends() {
    std::vector<std::uint8_t> read(layers_.size(), 0);
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      for (const std::string& name : layers_[l].layer->inbound) {
        const std::size_t from = place_of(name);
        read[from] = 1;
        if (views_[l].before == none) {
          views_[from].useful.assign(views_[from].outputs, 1);
        }
      }
    }
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      if (read[l] == 0) {
        views_[l].useful.assign(views_[l].outputs, 1);
      }
    }
  }

  [[nodiscard]] std::size_t unit_before(std::size_t l, std::size_t input, std::size_t output) const {
    const view& v = views_[l];
    return v.multiplier == 0 ? input % views_[v.before].outputs : output / v.multiplier;
  }
  [[nodiscard]] bool reached_input(std::size_t l, std::size_t input, std::size_t output) const {
    const std::size_t before = views_[l].before;
    return before == none || views_[before].reached[unit_before(l, input, output)] != 0;
  }

  /// Goes through the weights of a layer that are present.
  template <class Action>
  void visit(std::size_t l, Action&& action) const {
    std::size_t index = 0;
    for (std::size_t input = 0; input < views_[l].inputs; ++input) {
      for (std::size_t output = 0; output < views_[l].outputs; ++output, ++index) {
        if (layers_[l].present[index] != 0) {
          action(input, output, index);
        }
      }
    }
  }

  void reach(std::size_t l) {
    visit(l, [&](std::size_t input, std::size_t output, std::size_t /*index*/) {
      if (reached_input(l, input, output)) {
        views_[l].reached[output] = 1;
      }
    });
  }

  void use(std::size_t l) {
    const std::size_t before = views_[l].before;
    if (before == none) {
      return;
    }
    visit(l, [&](std::size_t input, std::size_t output, std::size_t /*index*/) {
      if (views_[l].useful[output] != 0) {
        views_[before].useful[unit_before(l, input, output)] = 1;
      }
    });
  }

  const std::vector<connection>& layers_;
  std::vector<view> views_;
};

}  // namespace espalier::inline v0::select::detail

#endif
