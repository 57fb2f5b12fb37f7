// SPDX-License-Identifier: Apache-2.0
// Points drawn at random from some dimensions.
#ifndef ESPALIER_TUNE_RANDOM_POINTS_HPP
#define ESPALIER_TUNE_RANDOM_POINTS_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/base/random_generator.hpp>
#include <espalier/tune/dimension.hpp>

namespace espalier::inline v0::tune {

/// @param space  what to choose.
/// @param count  how many points; the first ones of a longer list are those of a shorter one.
/// @param seed   equal seeds give equal points.
/// @return points, each number uniform on the scale of its dimension.
/// @throws argument_error if a range is none.   Complexity: O(points x dimensions).
/// Source: Bergstra and Bengio 2012, "Random search for hyper-parameter optimization", JMLR 13.
[[nodiscard]] inline std::vector<std::vector<double>> random_points(std::span<const dimension> space, std::size_t count,
                                                                    std::uint64_t seed) {
  validate(space, "tune::random_points");
  random_generator random(seed);
  std::vector<std::vector<double>> points(count);
  for (auto& point : points) {
    for (const dimension& d : space) {
      point.push_back(d.at(random.uniform()));
    }
  }
  return points;
}

}  // namespace espalier::inline v0::tune

#endif
