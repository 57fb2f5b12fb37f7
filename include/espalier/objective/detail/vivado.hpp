// SPDX-License-Identifier: Apache-2.0
// How hls4ml lays out multiplications with Vivado: the reuse factor really taken, multipliers, block RAM columns.
#ifndef ESPALIER_OBJECTIVE_DETAIL_VIVADO_HPP
#define ESPALIER_OBJECTIVE_DETAIL_VIVADO_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/hls/detail/expect_reuse_factor.hpp>
#include <espalier/hls/layer_config.hpp>
#include <espalier/hls/reuse_factor.hpp>
#include <espalier/objective/detail/savings.hpp>
#include <espalier/structure/rules.hpp>

namespace espalier::inline v0::objective::detail {

/// Products of fewer bits are made of look-up tables.
inline constexpr std::uint32_t narrowest_dsp_weight = 9;
/// A word of block RAM has 36 bits.
inline constexpr std::uint64_t bram_word = 36;

[[nodiscard]] constexpr std::int64_t divide_up(std::uint64_t a, std::uint64_t b) noexcept {
  return static_cast<std::int64_t>(a / b + (a % b == 0 ? 0 : 1));
}

[[nodiscard]] constexpr bool is_resource(const hls::layer_config& config) noexcept {
  return config.strategy == hls::strategy::resource || config.strategy == hls::strategy::resource_unrolled;
}

/// Whether a resource strategy may take every valid reuse factor: resource_unrolled may not take n_in * n_out, but is
/// plain resource at reuse factor 1 and for a Conv2D in io_parallel.
[[nodiscard]] inline bool takes_largest(const attributes::layer_attributes& layer) noexcept {
  const hls::layer_config& config = layer.hls;
  return config.strategy == hls::strategy::resource || config.reuse_factor == 1 ||
         (layer.kind == attributes::layer_kind::conv2d && config.io_type == hls::io_type::io_parallel);
}

/// The reuse factor that hls4ml takes: only the resource strategies move to a valid one, and not
/// compressed weights.
[[nodiscard]] inline std::uint64_t real_reuse_factor(const attributes::layer_attributes& layer) {
  const hls::layer_config& config = layer.hls;
  hls::detail::expect_reuse_factor(config.reuse_factor, "objective", layer.name);
  if (!is_resource(config) || config.compression || layer.kernel_shape.rank() == 0) {
    return config.reuse_factor;
  }
  const extents kernel = grouping_shape(layer);
  const hls::matrix_size matrix{kernel.size() / kernel.back(), kernel.back()};
  auto factors = hls::valid_reuse_factors(matrix);
  if (!takes_largest(layer) && factors.size() > 1) {
    factors.pop_back();
  }
  return hls::closest_reuse_factor(factors, config.reuse_factor);
}

/// Why hls4ml's use of a layer is not known, whatever is counted; empty if it is.
[[nodiscard]] inline std::string why_unknown(const attributes::layer_attributes& layer) {
  if (layer.kernel_shape.rank() == 0) {
    return "it has no kernel";
  }
  if (layer.hls.weight_width == 0 || layer.hls.weight_width > 64) {
    reject<argument_error>("objective", {"layer '", layer.name, "' with weights of ", layer.hls.weight_width, " bits"},
                           {"1 to 64"});
  }
  if (layer.hls.compression && is_resource(layer.hls)) {
    return "what zeros save in compressed weights is not known";
  }
  if (layer.kind == attributes::layer_kind::depthwise_conv2d && is_resource(layer.hls)) {
    return "hls4ml has no resource strategy for a DepthwiseConv2D; the latency strategy would save DSPs";
  }
  return {};
}

/// Why no DSP can be saved in a layer; empty if some can.
[[nodiscard]] inline std::string why_no_dsp(const attributes::layer_attributes& layer) {
  if (std::string why = why_unknown(layer); !why.empty()) {
    return why;
  }
  if (layer.hls.strategy == hls::strategy::distributed_arithmetic) {
    return "strategy distributed_arithmetic uses no DSP";
  }
  if (layer.hls.weight_width < narrowest_dsp_weight) {
    return "weights of " + std::to_string(layer.hls.weight_width) + " bits use no DSP (fewer than 9)";
  }
  return {};
}

/// What to say of a layer that takes part: doubts about its settings, and a reuse factor that hls4ml does not take.
[[nodiscard]] inline std::string remark_on(const attributes::layer_attributes& layer, std::uint64_t real) {
  std::string remark = layer.hls.warning;
  if (real != layer.hls.reuse_factor) {
    remark += (remark.empty() ? "" : "; ") + std::string("reuse factor ") + std::to_string(layer.hls.reuse_factor) +
              " moved to " + std::to_string(real) + ", the closest that hls4ml takes";
  }
  return remark;
}

/// The pattern of a layer's multipliers: the objective's own run of rows, or the user's, which must have the same rows.
[[nodiscard]] inline structure::pattern multiplier_pattern(const attributes::layer_attributes& layer,
                                                           std::string_view objective, structure::pattern own) {
  if (!layer.grouped_by) {
    return own;
  }
  const auto* chosen = std::get_if<structure::pattern>(&*layer.grouped_by);
  expect_rule(chosen != nullptr && chosen->rows == own.rows && chosen->consecutive > 0, layer, objective,
              "a pattern of " + std::to_string(own.rows) + " rows, one for each multiplier");
  return *chosen;
}

}  // namespace espalier::inline v0::objective::detail

#endif
