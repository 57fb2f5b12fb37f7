// SPDX-License-Identifier: Apache-2.0
// The objective that counts DSP blocks of an FPGA built by hls4ml with Vivado.
#ifndef ESPALIER_OBJECTIVE_VIVADO_DSP_HPP
#define ESPALIER_OBJECTIVE_VIVADO_DSP_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/objective/detail/vivado.hpp>
#include <espalier/objective/objective.hpp>
#include <espalier/structure/rules.hpp>

namespace espalier::inline v0::objective {

/// DSP blocks: one for each multiplier, n / reuse factor of them, in weights of 9 bits and more.
///
/// Resource strategies: a group is a row, the weights of one multiplier, and saves 1. Latency strategy: a weight saves
/// exactly 1 / reuse factor of ceil(n / reuse factor).
/// Source: Ramhorst, Loncar and Constantinides, arXiv 2308.05170.
struct vivado_dsp {
  static constexpr std::string_view name = "vivado_dsp";
  static constexpr std::array<std::string_view, 1> resources{"DSP"};

  /// @param layer  with its hls settings.
  /// @return the layer's savings.
  /// @throws argument_error if the reuse factor is 0.
  [[nodiscard]] layer_savings<1> operator()(const attributes::layer_attributes& layer) const {
    const std::size_t weights = layer.kernel_shape.size();
    layer_savings<1> result;
    result.reuse_factor = detail::real_reuse_factor(layer);
    result.note = detail::why_no_dsp(layer);
    if (!result.optimizable()) {
      return result;
    }
    result.usage = {detail::divide_up(weights, result.reuse_factor)};
    if (detail::is_resource(layer.hls)) {
      const std::size_t rows = weights / result.reuse_factor;
      result.rule = structure::pattern{rows, 1};
      result.savings = {{rows, {1}}};
    } else {
      result.rule = structure::unstructured{};
      result.denominator = static_cast<std::int64_t>(result.reuse_factor);
      result.savings = {{weights, {1}}};
    }
    return result;
  }
};
static_assert(objective<vivado_dsp>);

}  // namespace espalier::inline v0::objective

#endif
