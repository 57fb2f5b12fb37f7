// SPDX-License-Identifier: Apache-2.0
// A kernel seen as a matrix of inputs and outputs, which is how all rules group it.
#ifndef ESPALIER_STRUCTURE_KERNEL_MATRIX_HPP
#define ESPALIER_STRUCTURE_KERNEL_MATRIX_HPP

#include <cstddef>

#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>

namespace espalier::inline v0::structure {

/// A kernel as a row-major matrix: the last axis holds the outputs, all others together the inputs.
struct kernel_matrix {
  std::size_t inputs = 0;    ///< Dense: in; Conv1D: width * channels; Conv2D: height * width * channels
  std::size_t outputs = 0;   ///< neurons or filters
  std::size_t channels = 0;  ///< the fastest axis of the inputs; Dense: all inputs

  kernel_matrix() = default;

  /// @param shape  Dense (in, out), Conv1D (width, channels, filters), Conv2D (height, width, channels, filters).
  /// @throws shape_error if it has another rank or a 0.
  explicit kernel_matrix(const extents& shape) {
    if (shape.rank() < 2 || shape.size() == 0) {
      reject<shape_error>("structure::grouping", {"a kernel of shape ", shape},
                          {"(in, out), (width, channels, filters) or (height, width, channels, filters) without a 0"});
    }
    outputs = shape.back();
    inputs = shape.size() / outputs;
    channels = shape[shape.rank() - 2];
  }

  /// @return the number of weights.
  [[nodiscard]] constexpr std::size_t weights() const noexcept { return inputs * outputs; }
};

}  // namespace espalier::inline v0::structure

#endif
