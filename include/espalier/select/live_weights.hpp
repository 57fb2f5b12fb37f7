// SPDX-License-Identifier: Apache-2.0
// Finds weights that cannot matter, because no path leads through them from an input to an output.
#ifndef ESPALIER_SELECT_LIVE_WEIGHTS_HPP
#define ESPALIER_SELECT_LIVE_WEIGHTS_HPP

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <espalier/attributes/layer_attributes.hpp>

namespace espalier::inline v0::select {

/// One layer of a network with the weights that are left of it.
struct connection {
  const attributes::layer_attributes* layer = nullptr;
  std::vector<std::uint8_t> present;  ///< one per weight: 1 if it is not pruned
};

namespace detail {

/// Follows paths through the units (neurons, filters) of a network. The inputs of a kernel are mapped to the units of
/// the one layer before it; flattening keeps channels fastest, so input i comes from channel i mod channels.
class path_finder {
 public:
  explicit path_finder(const std::vector<connection>& layers) : layers_(layers), before_(layers.size(), none) {
    std::map<std::string, std::size_t> by_name;
    for (std::size_t l = 0; l < layers.size(); ++l) {
      by_name[layers[l].layer->name] = l;
    }
    std::vector<bool> read(layers.size(), false);
    reached_.resize(layers.size());
    useful_.resize(layers.size());
    for (std::size_t l = 0; l < layers.size(); ++l) {
      for (const std::string& name : layers[l].layer->inbound) {
        read[by_name.at(name)] = true;
      }
      before_[l] = source(l, by_name);
      reached_[l].assign(outputs(l), false);
      useful_[l].assign(outputs(l), false);
    }
    for (std::size_t l = 0; l < layers.size(); ++l) {
      if (!read[l]) {
        useful_[l].assign(outputs(l), true);
      }
      // Where it is not known which unit feeds which input, all count as connected.
      for (const std::string& name : before_[l] == none ? layers[l].layer->inbound : std::vector<std::string>{}) {
        useful_[by_name.at(name)].assign(outputs(by_name.at(name)), true);
      }
    }
    for (std::size_t l = 0; l < layers.size(); ++l) {
      reach(l);
    }
    for (std::size_t l = layers.size(); l-- > 0;) {
      use(l);
    }
  }

  /// Whether a weight lies on a path from an input to an output.
  [[nodiscard]] bool live(std::size_t l, std::size_t index) const {
    return layers_[l].present[index] != 0 && input_reached(l, index / outputs(l)) && useful_[l][index % outputs(l)];
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  [[nodiscard]] std::size_t outputs(std::size_t l) const { return layers_[l].layer->kernel_shape.back(); }
  [[nodiscard]] std::size_t inputs(std::size_t l) const { return layers_[l].layer->kernel_shape.size() / outputs(l); }

  /// The layer whose units are this one's inputs; none if there is not exactly one that fits and comes before it.
  [[nodiscard]] std::size_t source(std::size_t l, const std::map<std::string, std::size_t>& by_name) const {
    if (layers_[l].layer->inbound.size() != 1) {
      return none;
    }
    const std::size_t from = by_name.at(layers_[l].layer->inbound.front());
    return from < l && inputs(l) % outputs(from) == 0 ? from : none;
  }

  [[nodiscard]] std::size_t unit_of(std::size_t l, std::size_t input) const { return input % outputs(before_[l]); }
  [[nodiscard]] bool input_reached(std::size_t l, std::size_t input) const {
    return before_[l] == none || reached_[before_[l]][unit_of(l, input)];
  }

  void reach(std::size_t l) {
    for (std::size_t index = 0; index < layers_[l].present.size(); ++index) {
      if (layers_[l].present[index] != 0 && input_reached(l, index / outputs(l))) {
        reached_[l][index % outputs(l)] = true;
      }
    }
  }

  void use(std::size_t l) {
    if (before_[l] == none) {
      return;
    }
    for (std::size_t index = 0; index < layers_[l].present.size(); ++index) {
      if (layers_[l].present[index] != 0 && useful_[l][index % outputs(l)]) {
        useful_[before_[l]][unit_of(l, index / outputs(l))] = true;
      }
    }
  }

  const std::vector<connection>& layers_;
  std::vector<std::size_t> before_;
  std::vector<std::vector<bool>> reached_;  // [layer][unit]: from an input
  std::vector<std::vector<bool>> useful_;   // [layer][unit]: to an output
};

}  // namespace detail

/// Marks the weights that lie on a path from an input of the network to an output.
/// @param layers  in an order in which data can take them.
/// @return per layer, per weight, 1 if it is present and live.   Complexity: O(weights).
[[nodiscard]] inline std::vector<std::vector<std::uint8_t>> live_weights(const std::vector<connection>& layers) {
  const detail::path_finder paths(layers);
  std::vector<std::vector<std::uint8_t>> live(layers.size());
  for (std::size_t l = 0; l < layers.size(); ++l) {
    live[l].resize(layers[l].present.size());
    for (std::size_t index = 0; index < live[l].size(); ++index) {
      live[l][index] = paths.live(l, index) ? 1 : 0;
    }
  }
  return live;
}

}  // namespace espalier::inline v0::select

#endif
