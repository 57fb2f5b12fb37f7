// SPDX-License-Identifier: Apache-2.0
// The objective that counts floating-point operations, as a CPU or GPU does them for one sample.
#ifndef ESPALIER_OBJECTIVE_GPU_FLOPS_HPP
#define ESPALIER_OBJECTIVE_GPU_FLOPS_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/objective/detail/savings.hpp>
#include <espalier/objective/objective.hpp>
#include <espalier/structure/rules.hpp>
#include <espalier/structure/size_run.hpp>

namespace espalier::inline v0::objective {

/// Multiplications and additions for one sample: Dense (2 in + 1) out; convolutions (2 height width channels + 1)
/// filters at every output position, where a DepthwiseConv2D has one channel for each filter. The bias always counts,
/// the leading axes of a Dense input do not.
///
/// Structured: a unit saves its share. Other rules of whole units (round_to) and of whole inputs (channel: the products
/// with it, not the bias) are possible. What a unit saves in the layers behind it is `chain_aware`'s to count.
struct gpu_flops {
  static constexpr std::string_view name = "gpu_flops";
  static constexpr std::array<std::string_view, 1> resources{"FLOPs"};

  /// @param layer  with its output shape, if it is a convolution.
  /// @return usage, and what each unit saves.
  /// @throws shape_error if a convolution's output shape is missing or of another rank; argument_error if the
  ///         user's own rule cuts units and inputs apart.
  [[nodiscard]] layer_savings<1> operator()(const attributes::layer_attributes& layer) const {
    layer_savings<1> result;
    result.note = detail::why_no_kernel(layer);
    if (!result.optimizable()) {
      return result;
    }
    result.rule = layer.grouped_by.value_or(structure::structured{});
    const bool by_channel = std::holds_alternative<structure::channel>(result.rule);
    const extents kernel = grouping_shape(layer);
    const auto positions = static_cast<std::int64_t>(detail::output_positions(layer, name));
    const auto units = static_cast<std::int64_t>(kernel.back());
    const auto inputs = static_cast<std::int64_t>(kernel.size()) / units;
    result.usage = {(2 * inputs + 1) * units * positions};
    result.savings = detail::savings_of<1>(layer, result.rule, [&](const structure::size_run& run) {
      detail::expect_rule(run.units > 0 || by_channel, layer, name, "groups of whole units or whole inputs");
      const auto weights = static_cast<std::int64_t>(run.weights);
      return std::array<std::int64_t, 1>{(2 * weights + static_cast<std::int64_t>(run.units)) * positions};
    });
    return result;
  }
};
static_assert(objective<gpu_flops>);

}  // namespace espalier::inline v0::objective

#endif
