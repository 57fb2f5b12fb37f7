// SPDX-License-Identifier: Apache-2.0
// The objective that counts weights: every weight that is pruned saves one.
#ifndef ESPALIER_OBJECTIVE_PARAMETERS_HPP
#define ESPALIER_OBJECTIVE_PARAMETERS_HPP

#include <array>
#include <cstdint>
#include <string_view>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/objective/objective.hpp>
#include <espalier/structure/rules.hpp>

namespace espalier::inline v0::objective {

/// Number of weights in kernels; unstructured.
struct parameters {
  static constexpr std::string_view name = "parameters";
  static constexpr std::array<std::string_view, 1> resources{"parameters"};

  /// @param layer  any layer with a kernel.
  /// @return usage n, and n groups that save 1 each.
  [[nodiscard]] layer_savings<1> operator()(const attributes::layer_attributes& layer) const {
    const std::size_t weights = layer.kernel_shape.size();
    layer_savings<1> result;
    result.rule = structure::unstructured{};
    result.usage = {static_cast<std::int64_t>(weights)};
    result.savings = {{weights, {1}}};
    return result;
  }
};
static_assert(objective<parameters>);

}  // namespace espalier::inline v0::objective

#endif
