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
#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>

namespace espalier::inline v0::attributes {

namespace detail {

inline void expect(bool right, const layer_attributes& layer, const std::string& got, const std::string& expected) {
  if (!right) {
    throw argument_error(error_message("attributes::validate", "layer '" + layer.name + "' with " + got, expected));
  }
}

inline void expect_shape(const layer_attributes& layer) {
  const std::size_t rank = layer.kind == layer_kind::dense ? 2 : 4;
  if (layer.kernel_shape.rank() != rank || layer.kernel_shape.size() == 0) {
    throw shape_error(error_message(
        "attributes::validate",
        "layer '" + layer.name + "' (" + to_string(layer.kind) + ") with kernel shape " + to_string(layer.kernel_shape),
        rank == 2 ? "(in, out) without a 0" : "(height, width, channels, filters) without a 0"));
  }
}

}  // namespace detail

/// @param layer  what is known of one layer.
/// @throws argument_error or shape_error that names the layer, what came and what was expected: no name, a kernel shape
///         that is empty or not its kind's, reuse factor 0, a width outside 1 to 64 bits.
inline void validate(const layer_attributes& layer) {
  detail::expect(!layer.name.empty(), layer, "an empty name", "a name");
  detail::expect_shape(layer);
  detail::expect(layer.hls.reuse_factor > 0, layer, "reuse factor 0", "1 or more");
  for (const std::uint32_t bits : {layer.hls.weight_width, layer.hls.output_width}) {
    detail::expect(bits >= 1 && bits <= 64, layer, std::to_string(bits) + " bits", "1 to 64");
  }
}

/// @param layers  the layers of a model.
/// @throws what validate(layer) throws; argument_error if two layers have one name or an inbound name is no layer's;
///         shape_error if a kernel has not as many weights as its shape; numeric_error if a weight is not finite.
/// Complexity: O(weights).
template <class Value>
void validate(std::span<const prunable_layer<Value>> layers) {
  std::set<std::string> names;
  for (const auto& layer : layers) {
    validate(layer.attributes);
    detail::expect(names.insert(layer.attributes.name).second, layer.attributes, "the name of another layer",
                   "names that differ");
    if (layer.kernel.size() != layer.attributes.kernel_shape.size()) {
      throw shape_error(error_message(
          "attributes::validate",
          "layer '" + layer.attributes.name + "' with " + std::to_string(layer.kernel.size()) + " weights",
          std::to_string(layer.attributes.kernel_shape.size()) + " for kernel shape " +
              to_string(layer.attributes.kernel_shape)));
    }
    for (std::size_t i = 0; i < layer.kernel.size(); ++i) {
      if (!std::isfinite(layer.kernel[i])) {
        throw numeric_error(error_message(
            "attributes::validate",
            "layer '" + layer.attributes.name + "' with weight " + std::to_string(i) + " not a finite number",
            "finite weights"));
      }
    }
  }
  for (const auto& layer : layers) {
    for (const std::string& inbound : layer.attributes.inbound) {
      detail::expect(names.contains(inbound), layer.attributes, "inbound layer '" + inbound + "'",
                     "the name of a layer of the same model");
    }
  }
}

}  // namespace espalier::inline v0::attributes

#endif
