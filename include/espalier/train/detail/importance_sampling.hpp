// SPDX-License-Identifier: Apache-2.0
// Draws of unequal probability, for sums that few samples make up.
#ifndef ESPALIER_TRAIN_DETAIL_IMPORTANCE_SAMPLING_HPP
#define ESPALIER_TRAIN_DETAIL_IMPORTANCE_SAMPLING_HPP

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include <espalier/base/random_generator.hpp>

namespace espalier::inline v0::train::detail {

/// @param sizes  >= 0, finite, at least one > 0.
/// @param count  of draws to expect, >= 1.
/// @return the probability of each to be drawn, in proportion to its size but at most 1; they add up to `count`, or to
///         as many as there are sizes above 0.
/// Complexity: O(sizes) for each time that the remaining probabilities are found to be above 1, a few times.
[[nodiscard]] inline std::vector<double> inclusion_probabilities(std::span<const double> sizes, std::size_t count) {
  std::vector<double> probabilities(sizes.size());
  std::vector<bool> certain(sizes.size());
  for (bool found = true; found;) {
    double sum = 0;
    double left = static_cast<double>(count);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      sum += certain[i] ? 0 : sizes[i];
      left -= certain[i] ? 1 : 0;
    }
    found = false;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      const bool above = !certain[i] && sizes[i] > 0 && sizes[i] * left >= sum;
      probabilities[i] = certain[i] || above ? 1 : sizes[i] == 0 ? 0 : sizes[i] * left / sum;
      found = found || above;
      certain[i] = certain[i] || above;
    }
  }
  return probabilities;
}

/// Draws each with its probability, none twice, and one in every stretch of them that adds up to 1: so the estimate of
/// a sum varies less than with draws that know nothing of each other.
/// @return indices, rising.   Complexity: O(probabilities).
/// Source: Madow 1949, "On the theory of systematic sampling, II".
[[nodiscard]] inline std::vector<std::size_t> drawn_systematically(std::span<const double> probabilities,
                                                                   random_generator random) {
  std::vector<std::size_t> drawn;
  double next = random.uniform();
  double sum = 0;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    sum += probabilities[i];
    if (sum > next) {
      drawn.push_back(i);
      next += 1;
    }
  }
  return drawn;
}

}  // namespace espalier::inline v0::train::detail

#endif
