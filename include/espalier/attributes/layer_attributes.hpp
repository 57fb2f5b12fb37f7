// SPDX-License-Identifier: Apache-2.0
// What is known of a layer before anything is decided about it.
#ifndef ESPALIER_ATTRIBUTES_LAYER_ATTRIBUTES_HPP
#define ESPALIER_ATTRIBUTES_LAYER_ATTRIBUTES_HPP

#include <cstdint>
#include <string>
#include <vector>

#include <espalier/base/extents.hpp>
#include <espalier/hls/layer_config.hpp>

namespace espalier::inline v0::attributes {

/// What a layer computes, as far as pruning has to know.
enum class layer_kind : std::uint8_t { dense, conv2d };

/// One prunable layer: its kind, shapes, place in the network and hardware settings.
struct layer_attributes {
  std::string name;  ///< unique in the network, not empty
  layer_kind kind = layer_kind::dense;
  extents kernel_shape{};              ///< Dense (in, out); Conv2D (height, width, channels, filters)
  extents input_shape{};               ///< of one sample, without a batch axis
  extents output_shape{};              ///< of one sample, without a batch axis
  std::vector<std::string> inbound{};  ///< prunable layers whose outputs reach this one; empty: the network's input
  hls::layer_config hls{};             ///< what the HLS tool is told
  bool optimizable = true;             ///< false: the user wants it left alone
  bool prune = true;                   ///< may groups be pruned
  bool share = false;                  ///< may groups be replaced by their mean
};

/// @param kind  a kind of layer.
/// @return its name, as Keras and hls4ml write it.
[[nodiscard]] constexpr const char* to_string(layer_kind kind) noexcept {
  return kind == layer_kind::dense ? "Dense" : "Conv2D";
}

}  // namespace espalier::inline v0::attributes

#endif
