// SPDX-License-Identifier: Apache-2.0
// Gives every weight its part of a number that belongs to its unit.
#ifndef ESPALIER_RANK_UNIT_SCALES_HPP
#define ESPALIER_RANK_UNIT_SCALES_HPP

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/structure/kernel_matrix.hpp>

namespace espalier::inline v0::rank {

/// |scale of its unit| / sum of magnitudes of the unit's weights, for every weight; see batch_norm_scale.
/// @param kernel_shape  as it is grouped: the last axis holds the units.
/// @param kernel        the weights, row-major.
/// @param scales        one per unit: the gammas of the batch normalization.
/// @return one number per weight, 0 in a unit of zeros.
/// @throws shape_error if sizes differ.   Complexity: O(n).
template <class Value>
[[nodiscard]] std::vector<Value> unit_scales(const extents& kernel_shape, std::span<const Value> kernel,
                                             std::span<const Value> scales) {
  const structure::kernel_matrix matrix(kernel_shape);
  if (kernel.size() != matrix.weights() || scales.size() != matrix.outputs) {
    reject<shape_error>("rank::unit_scales", {kernel.size(), " weights and ", scales.size(), " scales"},
                        {matrix.weights(), " and ", matrix.outputs});
  }
  std::vector<double> magnitudes(matrix.outputs, 0.0);
  for (std::size_t index = 0; index < kernel.size(); ++index) {
    magnitudes[index % matrix.outputs] += std::abs(static_cast<double>(kernel[index]));
  }
  std::vector<Value> result(kernel.size());
  for (std::size_t index = 0; index < kernel.size(); ++index) {
    const std::size_t unit = index % matrix.outputs;
    const double scale = std::abs(static_cast<double>(scales[unit]));
    result[index] = static_cast<Value>(magnitudes[unit] > 0 ? scale / magnitudes[unit] : 0.0);
  }
  return result;
}

}  // namespace espalier::inline v0::rank

#endif
