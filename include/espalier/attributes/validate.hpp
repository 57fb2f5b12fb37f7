// SPDX-License-Identifier: Apache-2.0
// Checks what a model says of its layers before anything is computed from it.
#ifndef ESPALIER_ATTRIBUTES_VALIDATE_HPP
#define ESPALIER_ATTRIBUTES_VALIDATE_HPP

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/attributes/prunable_layer.hpp>
#include <espalier/base/closest_name.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/hls/detail/expect_reuse_factor.hpp>
#include <espalier/hls/layer_config.hpp>

namespace espalier::inline v0::attributes {

namespace detail {

inline void expect(bool right, const layer_attributes& layer, const std::string& got, const std::string& expected) {
  if (!right) {
    reject<argument_error>("attributes::validate", {"layer '", layer.name, "' with ", got}, {expected});
  }
}

/// What the kernel of each kind looks like.
struct kernel_form {
  std::size_t rank = 4;
  const char* axes = "";
};

[[nodiscard]] constexpr kernel_form form_of(layer_kind kind) noexcept {
  switch (kind) {
    case layer_kind::dense:
      return {2, "(in, out) without a 0"};
    case layer_kind::conv1d:
      return {3, "(width, channels, filters) without a 0"};
    case layer_kind::depthwise_conv2d:
      return {4, "(height, width, channels, multiplier) without a 0"};
    case layer_kind::conv2d:
      break;
  }
  return {4, "(height, width, channels, filters) without a 0"};
}

inline void expect_shape(bool right, const layer_attributes& layer, const std::string& got,
                         const std::string& expected) {
  if (!right) {
    reject<shape_error>("attributes::validate", {"layer '", layer.name, "' (", layer.kind, ") with ", got}, {expected});
  }
}

inline void expect_shapes(const layer_attributes& layer) {
  const kernel_form form = form_of(layer.kind);
  const extents& kernel = layer.kernel_shape;
  expect_shape(kernel.rank() == form.rank && kernel.size() != 0, layer, "kernel shape " + to_string(kernel), form.axes);
  const std::size_t channels = kernel[kernel.rank() - 2];
  expect_shape(layer.input_shape.rank() == 0 || layer.input_shape.back() == channels, layer,
               "input shape " + to_string(layer.input_shape),
               "a last axis of " + std::to_string(channels) + " for kernel shape " + to_string(kernel));
  const std::size_t units = grouping_shape(layer).back();
  expect_shape(layer.output_shape.rank() == 0 || layer.output_shape.back() == units, layer,
               "output shape " + to_string(layer.output_shape),
               "a last axis of " + std::to_string(units) + " for kernel shape " + to_string(kernel));
}

inline void expect_inbound(const layer_attributes& layer, const std::set<std::string>& names) {
  for (const std::string& inbound : layer.inbound) {
    expect(names.contains(inbound), layer, "inbound layer '" + inbound + "'",
           "the name of a layer of the same model, such as '" + std::string(closest_name(inbound, names)) + "'");
  }
}

}  // namespace detail

/// @param layer  what is known of one layer.
/// @throws argument_error or shape_error that names the layer, what came and what was expected: no name, a kernel shape
///         that is empty or not its kind's, inputs or outputs that do not fit it, a reuse factor below 1, a strategy
///         that is none, a width outside 1 to 64 bits.
inline void validate(const layer_attributes& layer) {
  detail::expect(!layer.name.empty(), layer, "an empty name", "a name");
  detail::expect_shapes(layer);
  hls::detail::expect_reuse_factor(layer.hls.reuse_factor, "attributes::validate", layer.name);
  const auto strategy = static_cast<std::size_t>(layer.hls.strategy);
  detail::expect(strategy < hls::strategy_names.size(), layer, "strategy number " + std::to_string(strategy),
                 "latency, resource, resource_unrolled or distributed_arithmetic");
  for (const std::uint32_t bits : {layer.hls.weight_width, layer.hls.output_width}) {
    detail::expect(bits >= 1 && bits <= 64, layer, std::to_string(bits) + " bits", "1 to 64");
  }
}

/// @param layers  the layers of a model.
/// @throws what validate(layer) throws; argument_error if two layers have one name or an inbound name is no layer's
/// (the
///         closest is given); shape_error if a kernel has not as many weights as its shape; numeric_error if a weight
///         is not finite.
/// Complexity: O(weights).
template <class Value>
void validate(std::span<const prunable_layer<Value>> layers) {
  std::set<std::string> names;
  for (const auto& layer : layers) {
    validate(layer.attributes);
    detail::expect(names.insert(layer.attributes.name).second, layer.attributes, "the name of another layer",
                   "names that differ");
    const std::size_t weights = layer.attributes.kernel_shape.size();
    detail::expect_shape(layer.kernel.size() == weights, layer.attributes,
                         std::to_string(layer.kernel.size()) + " weights",
                         std::to_string(weights) + " for kernel shape " + to_string(layer.attributes.kernel_shape));
    for (std::size_t i = 0; i < layer.kernel.size(); ++i) {
      if (!std::isfinite(layer.kernel[i])) {
        reject<numeric_error>("attributes::validate",
                              {"layer '", layer.attributes.name, "' with weight ", i, " not a finite number"},
                              {"finite weights"});
      }
    }
  }
  for (const auto& layer : layers) {
    detail::expect_inbound(layer.attributes, names);
  }
}

}  // namespace espalier::inline v0::attributes

#endif
