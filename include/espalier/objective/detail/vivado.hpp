// SPDX-License-Identifier: Apache-2.0
// How hls4ml lays out multiplications with Vivado: the reuse factor really taken, multipliers, block RAM columns.
#ifndef ESPALIER_OBJECTIVE_DETAIL_VIVADO_HPP
#define ESPALIER_OBJECTIVE_DETAIL_VIVADO_HPP

#include <cstddef>
#include <cstdint>
#include <string>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/hls/layer_config.hpp>
#include <espalier/hls/reuse_factor.hpp>

namespace espalier::inline v0::objective::detail {

/// Products of fewer bits are made of look-up tables.
inline constexpr std::uint32_t narrowest_dsp_weight = 9;
/// A word of block RAM has 36 bits.
inline constexpr std::uint64_t bram_word = 36;

[[nodiscard]] constexpr std::int64_t divide_up(std::uint64_t a, std::uint64_t b) noexcept {
  return static_cast<std::int64_t>((a + b - 1) / b);
}

[[nodiscard]] constexpr bool is_resource(const hls::layer_config& config) noexcept {
  return config.strategy == hls::strategy::resource || config.strategy == hls::strategy::resource_unrolled;
}

/// The reuse factor that hls4ml takes: only the resource strategies move to a valid one. resource_unrolled cannot
/// take n_in * n_out, but is plain resource at reuse factor 1 and for a Conv2D in io_parallel.
[[nodiscard]] inline std::uint64_t real_reuse_factor(const attributes::layer_attributes& layer) {
  const hls::layer_config& config = layer.hls;
  if (config.reuse_factor == 0) {
    throw argument_error(
        error_message("objective", "layer '" + layer.name + "' with reuse factor 0", "a reuse factor of 1 or more"));
  }
  if (!is_resource(config)) {
    return config.reuse_factor;
  }
  const std::uint64_t outputs = layer.kernel_shape.back();
  const hls::matrix_size matrix{layer.kernel_shape.size() / outputs, outputs};
  auto factors = hls::valid_reuse_factors(matrix);
  const bool as_resource =
      config.strategy == hls::strategy::resource || config.reuse_factor == 1 ||
      (layer.kind == attributes::layer_kind::conv2d && config.io_type == hls::io_type::io_parallel);
  if (!as_resource && factors.size() > 1) {
    factors.pop_back();
  }
  return hls::closest_reuse_factor(factors, config.reuse_factor);
}

/// Why no DSP can be saved in a layer; empty if some can.
[[nodiscard]] inline std::string why_no_dsp(const attributes::layer_attributes& layer) {
  if (layer.hls.strategy == hls::strategy::distributed_arithmetic) {
    return "strategy distributed_arithmetic uses no DSP";
  }
  if (layer.hls.weight_width < narrowest_dsp_weight) {
    return "weights of " + std::to_string(layer.hls.weight_width) + " bits use no DSP (fewer than 9)";
  }
  return {};
}

}  // namespace espalier::inline v0::objective::detail

#endif
