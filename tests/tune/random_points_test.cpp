// SPDX-License-Identifier: Apache-2.0
#include <espalier/tune/random_points.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace tune = espalier::tune;

TEST_SUITE("tune") {
  TEST_CASE("points are spread evenly on the scale of their dimension, the same for the same seed") {
    const std::vector<tune::dimension> space{{1e-6, 1e-2}, {2, 4, false}};
    const auto points = tune::random_points(space, 4000, 3);
    CHECK(points == tune::random_points(space, 4000, 3));
    CHECK(points != tune::random_points(space, 4000, 4));
    const auto fewer = tune::random_points(space, 10, 3);
    CHECK(std::equal(fewer.begin(), fewer.end(), points.begin()));
    std::vector<std::size_t> decades(4);
    std::size_t upper_half = 0;
    for (const auto& point : points) {
      REQUIRE((point[0] >= 1e-6 && point[0] <= 1e-2 && point[1] >= 2 && point[1] <= 4));
      ++decades[point[0] < 1e-5 ? 0 : point[0] < 1e-4 ? 1 : point[0] < 1e-3 ? 2 : 3];
      upper_half += point[1] > 3 ? 1U : 0U;
    }
    for (const std::size_t decade : decades) {
      CHECK((decade > 900 && decade < 1100));  // 1000 +- 3.6 deviations
    }
    CHECK((upper_half > 1880 && upper_half < 2120));
  }
}
