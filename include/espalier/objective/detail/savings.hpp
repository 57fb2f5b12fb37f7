// SPDX-License-Identifier: Apache-2.0
// What all objectives share: the rule that applies, and savings from the sizes of groups.
#ifndef ESPALIER_OBJECTIVE_DETAIL_SAVINGS_HPP
#define ESPALIER_OBJECTIVE_DETAIL_SAVINGS_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/objective/objective.hpp>
#include <espalier/structure/rules.hpp>
#include <espalier/structure/size_runs.hpp>

namespace espalier::inline v0::objective::detail {

/// Why a layer has nothing to count; empty if it has.
[[nodiscard]] inline std::string why_no_kernel(const attributes::layer_attributes& layer) {
  return layer.kernel_shape.rank() == 0 ? "it has no kernel" : "";
}

/// At how many positions a convolution applies its kernel; 1 for a Dense.
[[nodiscard]] inline std::size_t output_positions(const attributes::layer_attributes& layer,
                                                  std::string_view objective) {
  if (layer.kind == attributes::layer_kind::dense) {
    return 1;
  }
  const std::size_t rank = layer.kind == attributes::layer_kind::conv1d ? 2 : 3;
  if (layer.output_shape.rank() != rank || layer.output_shape.size() == 0) {
    reject<shape_error>("objective::" + std::string(objective),
                        {"layer '", layer.name, "' (", layer.kind, ") with output shape ", layer.output_shape},
                        {rank == 2 ? "(positions, filters) without a 0" : "(height, width, filters) without a 0"});
  }
  return layer.output_shape.size() / layer.output_shape.back();
}

/// Refuses a rule that the user chose and the objective cannot count for.
inline void expect_rule(bool right, const attributes::layer_attributes& layer, std::string_view objective,
                        std::string_view expected) {
  if (!right) {
    reject<argument_error>("objective::" + std::string(objective),
                           {"layer '", layer.name, "' grouped by ", *layer.grouped_by}, {expected});
  }
}

/// One run of savings for each run of equal groups; what a rule wants to stay saves nothing.
/// @param saving  called with a structure::size_run: what one of its groups saves.
template <std::size_t M, class Saving>
[[nodiscard]] std::vector<saving_run<M>> savings_of(const attributes::layer_attributes& layer,
                                                    const structure::rule& rule, Saving&& saving) {
  std::vector<saving_run<M>> result;
  for (const structure::size_run& run : structure::size_runs(rule, grouping_shape(layer))) {
    const std::array<std::int64_t, M> one = run.removable ? saving(run) : std::array<std::int64_t, M>{};
    if (result.empty() || result.back().saving != one) {
      result.push_back({0, one});
    }
    result.back().count += run.count;
  }
  return result;
}

}  // namespace espalier::inline v0::objective::detail

#endif
