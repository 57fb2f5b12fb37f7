// SPDX-License-Identifier: Apache-2.0
// The objective that counts flip-flops of an FPGA built by hls4ml with Vivado.
#ifndef ESPALIER_OBJECTIVE_VIVADO_FF_HPP
#define ESPALIER_OBJECTIVE_VIVADO_FF_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/hls/layer_config.hpp>
#include <espalier/objective/detail/savings.hpp>
#include <espalier/objective/detail/vivado.hpp>
#include <espalier/objective/objective.hpp>
#include <espalier/structure/rules.hpp>
#include <espalier/structure/size_run.hpp>

namespace espalier::inline v0::objective {

/// Flip-flops: with the latency strategy weights are held in registers, n P of them; with io_parallel so are all output
/// elements, each of the output's width.
///
/// Resource strategies and io_parallel: structured, a unit saves its output elements (all positions of a convolution's
/// filter). Latency: unstructured, a weight saves its P bits and no output; with groups of whole units, which the user
/// may choose, outputs too. Resource strategies and io_stream: nothing that pruning could save.
/// Source: Ramhorst, Loncar and Constantinides, arXiv 2308.05170.
struct vivado_ff {
  static constexpr std::string_view name = "vivado_ff";
  static constexpr std::array<std::string_view, 1> resources{"FF"};

  /// @param layer  with its hls settings, and its output shape if io_parallel.
  /// @return the layer's savings.
  /// @throws argument_error if the reuse factor is 0, a width not 1 to 64 bits, or the user's own rule cuts units apart
  ///         where only outputs count; shape_error if an output shape is needed and missing.
  [[nodiscard]] layer_savings<1> operator()(const attributes::layer_attributes& layer) const {
    layer_savings<1> result;
    result.reuse_factor = detail::real_reuse_factor(layer);
    result.note = why_nothing(layer);
    if (!result.optimizable()) {
      return result;
    }
    result.remark = detail::remark_on(layer, result.reuse_factor);
    const bool weights_count = !detail::is_resource(layer.hls);
    result.rule = layer.grouped_by.value_or(weights_count ? structure::rule(structure::unstructured{})
                                                          : structure::rule(structure::structured{}));
    const std::int64_t bits_of_weight = weights_count ? layer.hls.weight_width : 0;
    const std::int64_t bits_of_unit = output_bits_of_a_unit(layer);
    const auto bits = [&](std::size_t weights, std::size_t units) {
      return static_cast<std::int64_t>(weights) * bits_of_weight + static_cast<std::int64_t>(units) * bits_of_unit;
    };
    result.usage = {bits(layer.kernel_shape.size(), grouping_shape(layer).back())};
    result.savings = detail::savings_of<1>(layer, result.rule, [&](const structure::size_run& run) {
      detail::expect_rule(weights_count || run.units > 0, layer, name, "groups of whole units");
      return std::array<std::int64_t, 1>{bits(run.weights, run.units)};
    });
    return result;
  }

 private:
  [[nodiscard]] static std::string why_nothing(const attributes::layer_attributes& layer) {
    if (std::string why = detail::why_unknown(layer); !why.empty()) {
      return why;
    }
    if (layer.hls.strategy == hls::strategy::distributed_arithmetic) {
      return "what strategy distributed_arithmetic holds in flip-flops is not known";
    }
    return detail::is_resource(layer.hls) && layer.hls.io_type == hls::io_type::io_stream
               ? "a resource strategy with io_stream holds neither weights nor outputs in flip-flops"
               : "";
  }

  /// With io_parallel all output elements are registers, as many for each unit.
  [[nodiscard]] static std::int64_t output_bits_of_a_unit(const attributes::layer_attributes& layer) {
    if (layer.hls.io_type == hls::io_type::io_stream) {
      return 0;
    }
    if (layer.output_shape.rank() == 0 || layer.output_shape.size() == 0) {
      reject<shape_error>("objective::vivado_ff",
                          {"layer '", layer.name, "' with io_parallel and output shape ", layer.output_shape},
                          {"an output shape without a 0"});
    }
    if (layer.hls.output_width == 0 || layer.hls.output_width > 64) {
      reject<argument_error>("objective::vivado_ff",
                             {"layer '", layer.name, "' with outputs of ", layer.hls.output_width, " bits"},
                             {"1 to 64"});
    }
    return static_cast<std::int64_t>(layer.output_shape.size() / layer.output_shape.back() * layer.hls.output_width);
  }
};
static_assert(objective<vivado_ff>);

}  // namespace espalier::inline v0::objective

#endif
