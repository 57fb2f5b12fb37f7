// SPDX-License-Identifier: Apache-2.0
// The objective that counts DSP blocks of an FPGA built by hls4ml with Vivado.
#ifndef ESPALIER_OBJECTIVE_VIVADO_DSP_HPP
#define ESPALIER_OBJECTIVE_VIVADO_DSP_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/objective/detail/savings.hpp>
#include <espalier/objective/detail/vivado.hpp>
#include <espalier/objective/objective.hpp>
#include <espalier/structure/rules.hpp>
#include <espalier/structure/size_run.hpp>

namespace espalier::inline v0::objective {

/// DSP blocks: one for each multiplier, n / reuse factor of them, in weights of 9 bits and more.
///
/// Resource strategies: a group is a row, the weights of one multiplier, and saves 1; the user may choose runs of
/// several rows. Latency strategy: a weight saves exactly 1 / reuse factor of ceil(n / reuse factor); the user may
/// choose any rule. A DepthwiseConv2D has the latency strategy only.
/// Source: Ramhorst, Loncar and Constantinides, arXiv 2308.05170.
struct vivado_dsp {
  static constexpr std::string_view name = "vivado_dsp";
  static constexpr std::array<std::string_view, 1> resources{"DSP"};

  /// @param layer  with its hls settings.
  /// @return the layer's savings.
  /// @throws argument_error if the reuse factor is 0, the width not 1 to 64 bits, or the user's own rule no pattern of
  ///         the multipliers' rows.
  [[nodiscard]] layer_savings<1> operator()(const attributes::layer_attributes& layer) const {
    const std::size_t weights = layer.kernel_shape.size();
    layer_savings<1> result;
    result.reuse_factor = detail::real_reuse_factor(layer);
    result.note = detail::why_no_dsp(layer);
    if (!result.optimizable()) {
      return result;
    }
    result.remark = detail::remark_on(layer, result.reuse_factor);
    result.usage = {detail::divide_up(weights, result.reuse_factor)};
    if (detail::is_resource(layer.hls)) {
      const std::size_t weights_in_a_row = static_cast<std::size_t>(result.reuse_factor);
      result.rule = detail::multiplier_pattern(layer, name, {weights / weights_in_a_row, 1});
      result.savings = detail::savings_of<1>(layer, result.rule, [&](const structure::size_run& run) {
        return std::array<std::int64_t, 1>{static_cast<std::int64_t>(run.weights / weights_in_a_row)};
      });
    } else {
      result.rule = layer.grouped_by.value_or(structure::unstructured{});
      result.denominator = static_cast<std::int64_t>(result.reuse_factor);
      result.savings = detail::savings_of<1>(layer, result.rule, [](const structure::size_run& run) {
        return std::array<std::int64_t, 1>{static_cast<std::int64_t>(run.weights)};
      });
    }
    return result;
  }
};
static_assert(objective<vivado_dsp>);

}  // namespace espalier::inline v0::objective

#endif
