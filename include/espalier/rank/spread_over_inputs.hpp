// SPDX-License-Identifier: Apache-2.0
// Gives every weight the number of the input that it reads.
#ifndef ESPALIER_RANK_SPREAD_OVER_INPUTS_HPP
#define ESPALIER_RANK_SPREAD_OVER_INPUTS_HPP

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/structure/kernel_matrix.hpp>

namespace espalier::inline v0::rank {

/// One number per weight from one per input; see wanda.
/// @param kernel_shape  Dense (in, out), Conv1D (width, channels, filters), Conv2D (height, width, channels, filters).
/// @param numbers       one per input channel (a Dense's inputs), or one per row of the kernel's matrix.
/// @return one number per weight, row-major in the kernel.
/// @throws shape_error if there are as many numbers as neither.   Complexity: O(n).
template <class Value>
[[nodiscard]] std::vector<Value> spread_over_inputs(const extents& kernel_shape, std::span<const Value> numbers) {
  const structure::kernel_matrix matrix(kernel_shape);
  if (numbers.size() != matrix.channels && numbers.size() != matrix.inputs) {
    reject<shape_error>("rank::spread_over_inputs", {numbers.size(), " numbers for a kernel of shape ", kernel_shape},
                        {matrix.channels, " or ", matrix.inputs});
  }
  std::vector<Value> result;
  result.reserve(matrix.weights());
  for (std::size_t input = 0; input < matrix.inputs; ++input) {
    result.insert(result.end(), matrix.outputs, numbers[input % numbers.size()]);
  }
  return result;
}

}  // namespace espalier::inline v0::rank

#endif
