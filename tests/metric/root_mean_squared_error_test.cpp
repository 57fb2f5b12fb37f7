// SPDX-License-Identifier: Apache-2.0
#include <espalier/metric/root_mean_squared_error.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <espalier/base/random_generator.hpp>

namespace metric = espalier::metric;

TEST_SUITE("metric") {
  TEST_CASE("errors are squared, averaged over rows and outputs, and rooted") {
    const std::vector<double> targets{1, 2, 3, 4};
    const std::vector<double> outputs{1, 4, 3, 1};
    CHECK(metric::root_mean_squared_error{}(metric::predictions<double>{outputs, 2, {}, targets}) ==
          doctest::Approx(std::sqrt(13.0 / 4)));
    const std::vector<double> weights{3, 1};
    CHECK(metric::root_mean_squared_error{}(metric::predictions<double>{outputs, 2, {}, targets, weights}) ==
          doctest::Approx(std::sqrt((3 * 2 + 4.5) / 4)));
  }
}
