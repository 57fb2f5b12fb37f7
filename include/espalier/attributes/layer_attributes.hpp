// SPDX-License-Identifier: Apache-2.0
// What is known of a layer before anything is decided about it.
#ifndef ESPALIER_ATTRIBUTES_LAYER_ATTRIBUTES_HPP
#define ESPALIER_ATTRIBUTES_LAYER_ATTRIBUTES_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <espalier/base/extents.hpp>
#include <espalier/hls/layer_config.hpp>
#include <espalier/structure/rules.hpp>

namespace espalier::inline v0::attributes {

/// What a layer computes, as far as pruning has to know.
enum class layer_kind : std::uint8_t { dense, conv2d, conv1d, depthwise_conv2d };

/// One prunable layer: its kind, shapes, place in the network and hardware settings.
struct layer_attributes {
  std::string name;  ///< unique in the network, not empty
  layer_kind kind = layer_kind::dense;
  extents kernel_shape{};              ///< Dense (in, out); Conv1D (width, channels, filters); Conv2D (height, width,
                                       ///< channels, filters); DepthwiseConv2D (height, width, channels, multiplier)
  extents input_shape{};               ///< of one sample, without a batch axis; no axes: not known
  extents output_shape{};              ///< of one sample, without a batch axis; no axes: not known
  std::vector<std::string> inbound{};  ///< prunable layers whose outputs reach this one; empty: the network's input
  hls::layer_config hls{};             ///< what the HLS tool is told
  bool optimizable = true;             ///< false: the user wants it left alone
  bool prune = true;                   ///< may groups be pruned
  bool share = false;                  ///< may groups be replaced by their mean
  std::optional<structure::rule> grouped_by{};  ///< the user's own choice; none: what the objective says
};

/// @param kind  a kind of layer.
/// @return its name, as Keras and hls4ml write it.
[[nodiscard]] constexpr const char* to_string(layer_kind kind) noexcept {
  switch (kind) {
    case layer_kind::dense:
      return "Dense";
    case layer_kind::conv1d:
      return "Conv1D";
    case layer_kind::depthwise_conv2d:
      return "DepthwiseConv2D";
    case layer_kind::conv2d:
      break;
  }
  return "Conv2D";
}

/// The shape in which a layer's kernel is grouped: its last axis holds the units. A DepthwiseConv2D has one unit for
/// each channel and multiplier, which sees one channel: (height, width, 1, channels * multiplier).
/// @param layer  its kernel has the shape of its kind.
/// @return a shape of as many weights in the same order.
[[nodiscard]] constexpr extents grouping_shape(const layer_attributes& layer) {
  const extents& kernel = layer.kernel_shape;
  if (layer.kind != layer_kind::depthwise_conv2d || kernel.rank() != 4) {
    return kernel;
  }
  return {kernel[0], kernel[1], 1, kernel[2] * kernel[3]};
}

}  // namespace espalier::inline v0::attributes

#endif
