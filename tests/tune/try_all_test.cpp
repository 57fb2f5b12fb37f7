// SPDX-License-Identifier: Apache-2.0
#include <espalier/tune/try_all.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <vector>

#include <espalier/tune/dimension.hpp>
#include <espalier/tune/grid_points.hpp>
#include <espalier/tune/random_points.hpp>

namespace tune = espalier::tune;

namespace {

/// Least, 0, at (1e-3, 2).
double bowl(std::span<const double> point, std::size_t /*epochs*/) {
  const double factor = std::log10(point[0]) + 3;
  return factor * factor + (point[1] - 2) * (point[1] - 2);
}

const std::vector<tune::dimension> space{{1e-6, 1}, {0, 4, false}};

}  // namespace

TEST_SUITE("tune") {
  TEST_CASE("a grid finds the least of a function that lies on it") {
    const auto points = tune::grid_points(space, std::vector<std::size_t>{7, 5});
    const auto found = tune::try_all(points, 1, bowl);
    CHECK(found.trials.size() == 35);
    CHECK(found.complete);
    CHECK(found.trials[found.best].point[0] == doctest::Approx(1e-3));
    CHECK(found.trials[found.best].point[1] == 2);
  }

  TEST_CASE("random search comes close to the least") {
    const auto found = tune::try_all(tune::random_points(space, 400, 1), 1, bowl);
    CHECK(found.trials[found.best].loss < 0.1);
  }

  TEST_CASE("of equal losses the first is best, and a loss that is no number is the worst") {
    const std::vector<std::vector<double>> points{{0}, {1}, {2}, {3}};
    const std::vector<double> losses{std::nan(""), 5, 2, 2};
    const auto found = tune::try_all(points, 1, [&](std::span<const double> point, std::size_t) {
      return losses[static_cast<std::size_t>(point[0])];
    });
    CHECK(found.best == 2);
    const std::vector<std::vector<double>> nothing;
    CHECK_THROWS_AS(static_cast<void>(tune::try_all(nothing, 1, bowl)), espalier::argument_error);
  }
}
