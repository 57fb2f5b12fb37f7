// SPDX-License-Identifier: Apache-2.0
// The points of a grid over some dimensions.
#ifndef ESPALIER_TUNE_GRID_POINTS_HPP
#define ESPALIER_TUNE_GRID_POINTS_HPP

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/tune/dimension.hpp>

namespace espalier::inline v0::tune {

/// @param space   what to choose.
/// @param counts  how many numbers of each dimension, >= 1, the ends of its range among them; 1: the middle.
/// @return every combination; the last dimension changes fastest.
/// @throws argument_error if a range is none, a count is 0 or there are not as many counts as dimensions.
/// Complexity: O(points x dimensions).
[[nodiscard]] inline std::vector<std::vector<double>> grid_points(std::span<const dimension> space,
                                                                  std::span<const std::size_t> counts) {
  validate(space, "tune::grid_points");
  if (counts.size() != space.size()) {
    reject<argument_error>("tune::grid_points", {counts.size(), " counts"}, {space.size(), ", one per dimension"});
  }
  std::vector<std::vector<double>> points{{}};
  for (std::size_t d = 0; d < space.size(); ++d) {
    if (counts[d] == 0) {
      reject<argument_error>("tune::grid_points", {"a count of 0"}, {"1 or more"});
    }
    std::vector<std::vector<double>> longer;
    for (const auto& point : points) {
      for (std::size_t i = 0; i < counts[d]; ++i) {
        longer.push_back(point);
        const double part = counts[d] == 1 ? 0.5 : static_cast<double>(i) / static_cast<double>(counts[d] - 1);
        longer.back().push_back(space[d].at(part));
      }
    }
    points = std::move(longer);
  }
  return points;
}

}  // namespace espalier::inline v0::tune

#endif
