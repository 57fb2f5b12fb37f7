// SPDX-License-Identifier: Apache-2.0
// What an HLS tool is told about one layer: how to multiply, how often to reuse a multiplier, how wide numbers are.
#ifndef ESPALIER_HLS_LAYER_CONFIG_HPP
#define ESPALIER_HLS_LAYER_CONFIG_HPP

#include <cstdint>

namespace espalier::inline v0::hls {

/// How a layer's multiplications are laid out in hardware; the names are hls4ml's.
enum class strategy : std::uint8_t { latency, resource, resource_unrolled, distributed_arithmetic };

/// How data moves between layers.
enum class io_type : std::uint8_t { io_parallel, io_stream };

/// The settings of one layer.
struct layer_config {
  hls::strategy strategy = hls::strategy::latency;
  std::uint64_t reuse_factor = 1;   ///< multiplications that one multiplier does in turn, >= 1
  std::uint32_t weight_width = 16;  ///< bits of a weight, 1 to 64
  std::uint32_t output_width = 16;  ///< bits of an output element, 1 to 64
  hls::io_type io_type = hls::io_type::io_parallel;
  bool compression = false;  ///< hls4ml's compressed weights: what a zero saves then is not known

  friend bool operator==(const layer_config&, const layer_config&) = default;
};

}  // namespace espalier::inline v0::hls

#endif
