// SPDX-License-Identifier: Apache-2.0
// The objective that counts weights: every weight that is pruned saves one.
#ifndef ESPALIER_OBJECTIVE_PARAMETERS_HPP
#define ESPALIER_OBJECTIVE_PARAMETERS_HPP

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/objective/detail/savings.hpp>
#include <espalier/objective/objective.hpp>
#include <espalier/structure/rules.hpp>
#include <espalier/structure/size_run.hpp>

namespace espalier::inline v0::objective {

/// Number of weights in kernels; unstructured, or by any rule that the user chooses for a layer.
struct parameters {
  static constexpr std::string_view name = "parameters";
  static constexpr std::array<std::string_view, 1> resources{"parameters"};

  /// @param layer  any layer with a kernel.
  /// @return usage n, and groups that save as many as they have weights; shared, all but one: the mean is stored.
  /// @throws what structure::size_runs throws for a rule that does not fit the kernel.
  [[nodiscard]] layer_savings<1> operator()(const attributes::layer_attributes& layer) const {
    layer_savings<1> result;
    result.note = detail::why_no_kernel(layer);
    if (!result.optimizable()) {
      return result;
    }
    result.rule = layer.grouped_by.value_or(structure::unstructured{});
    result.usage = {static_cast<std::int64_t>(layer.kernel_shape.size())};
    result.savings = detail::savings_of<1>(layer, result.rule, [](const structure::size_run& run) {
      return std::array<std::int64_t, 1>{static_cast<std::int64_t>(run.weights)};
    });
    for (saving_run<1>& run : result.savings) {
      run.sharing = {(std::max)(std::int64_t{0}, run.saving[0] - 1)};
    }
    return result;
  }
};
static_assert(objective<parameters>);

}  // namespace espalier::inline v0::objective

#endif
