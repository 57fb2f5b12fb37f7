// SPDX-License-Identifier: Apache-2.0
// Which reuse factors hls4ml accepts for a kernel matrix, and to which one it moves when it does not.
#ifndef ESPALIER_HLS_REUSE_FACTOR_HPP
#define ESPALIER_HLS_REUSE_FACTOR_HPP

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <espalier/base/errors.hpp>

namespace espalier::inline v0::hls {

/// A kernel as hls4ml multiplies it.
struct matrix_size {
  std::uint64_t inputs = 1;   ///< Dense: last axis of the input; Conv2D: height * width * channels
  std::uint64_t outputs = 1;  ///< neurons or filters
};

/// @param matrix        both sizes >= 1.
/// @param reuse_factor  any number.
/// @return whether hls4ml's resource strategies take the factor as it is; 0 never is.
/// Source: hls4ml, `FPGABackend._validate_reuse_factor`.
[[nodiscard]] constexpr bool is_valid_reuse_factor(const matrix_size& matrix, std::uint64_t reuse_factor) noexcept {
  if (reuse_factor == 0) {
    return false;
  }
  const std::uint64_t weights = matrix.inputs * matrix.outputs;
  const std::uint64_t multipliers_in = (std::min)(matrix.inputs, reuse_factor);
  const std::uint64_t limit = (weights + multipliers_in - 1) / multipliers_in;
  const bool outputs_align = limit % matrix.outputs == 0 || reuse_factor >= matrix.inputs;
  const bool inputs_align = reuse_factor % matrix.inputs == 0 || reuse_factor < matrix.inputs;
  return outputs_align && inputs_align && weights % reuse_factor == 0;
}

/// @param matrix  both sizes >= 1.
/// @return all valid factors, ascending; never empty, since 1 is valid.
/// @throws argument_error if a size is 0 or the weights overflow.   Complexity: O(sqrt(n) log n).
[[nodiscard]] inline std::vector<std::uint64_t> valid_reuse_factors(const matrix_size& matrix) {
  if (matrix.inputs == 0 || matrix.outputs == 0) {
    reject<argument_error>("hls::valid_reuse_factors", {"a matrix of ", matrix.inputs, " x ", matrix.outputs},
                           {"at least 1 x 1"});
  }
  if (matrix.inputs > (std::numeric_limits<std::uint64_t>::max)() / matrix.outputs) {
    reject<argument_error>("hls::valid_reuse_factors", {"a matrix of ", matrix.inputs, " x ", matrix.outputs},
                           {"as many weights as a uint64 counts"});
  }
  const std::uint64_t weights = matrix.inputs * matrix.outputs;
  std::vector<std::uint64_t> factors;
  const auto take = [&](std::uint64_t factor) {
    if (weights % factor == 0 && is_valid_reuse_factor(matrix, factor)) {
      factors.push_back(factor);
    }
  };
  std::uint64_t divisor = 1;
  for (; divisor <= weights / divisor; ++divisor) {
    take(divisor);
  }
  while (--divisor > 0) {  // the others, which belong to one of these each
    if (weights % divisor == 0 && weights / divisor != divisor) {
      take(weights / divisor);
    }
  }
  return factors;
}

/// @param factors    valid factors, ascending, not empty.
/// @param requested  the factor asked for, >= 1.
/// @return the valid factor that is closest to it; of two equally close ones the smaller.
/// @throws argument_error if there are no factors.
[[nodiscard]] inline std::uint64_t closest_reuse_factor(const std::vector<std::uint64_t>& factors,
                                                        std::uint64_t requested) {
  if (factors.empty()) {
    reject<argument_error>("hls::closest_reuse_factor", {"no factors"}, {"at least one valid factor"});
  }
  const auto distance = [&](std::uint64_t factor) {
    return factor > requested ? factor - requested : requested - factor;
  };
  return *std::min_element(factors.begin(), factors.end(),
                           [&](std::uint64_t a, std::uint64_t b) { return distance(a) < distance(b); });
}

}  // namespace espalier::inline v0::hls

#endif
