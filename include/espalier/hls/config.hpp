// SPDX-License-Identifier: Apache-2.0
// The HLS settings of a whole model: for all layers, for a kind of layer, for one layer by name.
#ifndef ESPALIER_HLS_CONFIG_HPP
#define ESPALIER_HLS_CONFIG_HPP

#include <map>
#include <string>

#include <espalier/hls/layer_config.hpp>

namespace espalier::inline v0::hls {

/// Settings at three granularities; the finest one that names a layer wins, as in hls4ml.
struct config {
  layer_config model{};                        ///< for every layer that nothing finer names
  std::map<std::string, layer_config> type{};  ///< by kind of layer, as hls4ml writes it: "Dense", "Conv2D"
  std::map<std::string, layer_config> name{};  ///< by name of layer

  /// @param layer_name  the layer's own name.
  /// @param layer_type  its kind, as hls4ml writes it.
  /// @return its settings: by name, else by type, else those of the model.   Complexity: O(log n).
  [[nodiscard]] const layer_config& of(const std::string& layer_name, const std::string& layer_type) const {
    if (const auto found = name.find(layer_name); found != name.end()) {
      return found->second;
    }
    if (const auto found = type.find(layer_type); found != type.end()) {
      return found->second;
    }
    return model;
  }
};

}  // namespace espalier::inline v0::hls

#endif
