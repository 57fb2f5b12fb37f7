// SPDX-License-Identifier: Apache-2.0
// What an HLS tool is told about one layer: how to multiply, how often to reuse a multiplier, how wide numbers are.
#ifndef ESPALIER_HLS_LAYER_CONFIG_HPP
#define ESPALIER_HLS_LAYER_CONFIG_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <espalier/base/closest_name.hpp>
#include <espalier/base/errors.hpp>

namespace espalier::inline v0::hls {

/// How a layer's multiplications are laid out in hardware; the names are hls4ml's.
enum class strategy : std::uint8_t { latency, resource, resource_unrolled, distributed_arithmetic };

/// The names of the strategies, in the order of the enumeration.
inline constexpr std::array<std::string_view, 4> strategy_names{"latency", "resource", "resource_unrolled",
                                                                "distributed_arithmetic"};

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
  std::string warning{};     ///< what was doubtful about these settings where they were read; empty: nothing

  friend bool operator==(const layer_config&, const layer_config&) = default;
};

/// @param s  a strategy.
/// @return its name.
[[nodiscard]] constexpr std::string_view to_string(strategy s) noexcept {
  return strategy_names[static_cast<std::size_t>(s)];
}

/// @param type  an I/O type.
/// @return its name.
[[nodiscard]] constexpr std::string_view to_string(io_type type) noexcept {
  return type == io_type::io_stream ? "io_stream" : "io_parallel";
}

/// @param name  "io_parallel" or "io_stream".
/// @return the I/O type.
/// @throws parse_error for another name, with the closest.
[[nodiscard]] inline io_type parse_io_type(std::string_view name) {
  constexpr std::array<std::string_view, 2> names{"io_parallel", "io_stream"};
  if (name != names[0] && name != names[1]) {
    reject<parse_error>("hls::parse_io_type", {"'", name, "'"}, {"'", closest_name(name, names), "' or the other"});
  }
  return name == names[0] ? io_type::io_parallel : io_type::io_stream;
}

}  // namespace espalier::inline v0::hls

#endif
