// SPDX-License-Identifier: Apache-2.0
#include <espalier/tune/grid_points.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

namespace tune = espalier::tune;

TEST_SUITE("tune") {
  TEST_CASE("a grid has every combination once, ends included") {
    const std::vector<tune::dimension> space{{0, 2, false}, {1, 100}, {0, 1, false}};
    const auto points = tune::grid_points(space, std::vector<std::size_t>{3, 2, 1});
    const std::vector<std::vector<double>> expected{{0, 1, 0.5},   {0, 100, 0.5}, {1, 1, 0.5},
                                                    {1, 100, 0.5}, {2, 1, 0.5},   {2, 100, 0.5}};
    CHECK(points == expected);
  }

  TEST_CASE("a grid needs a count for every dimension") {
    const std::vector<tune::dimension> space{{0, 2, false}};
    CHECK_THROWS_AS(static_cast<void>(tune::grid_points(space, std::vector<std::size_t>{2, 2})),
                    espalier::argument_error);
    CHECK_THROWS_AS(static_cast<void>(tune::grid_points(space, std::vector<std::size_t>{0})), espalier::argument_error);
  }
}
