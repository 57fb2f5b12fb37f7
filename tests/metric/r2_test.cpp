// SPDX-License-Identifier: Apache-2.0
#include <espalier/metric/r2.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <espalier/base/random_generator.hpp>

namespace metric = espalier::metric;

TEST_SUITE("metric") {
  TEST_CASE("perfect outputs have 1, the mean of the targets has 0, and outputs are averaged") {
    const std::vector<double> targets{1, 5, 2, 7, 6, 9};
    CHECK(metric::r2{}(metric::predictions<double>{targets, 2, {}, targets}) == 1);
    const std::vector<double> means{3, 7, 3, 7, 3, 7};
    CHECK(metric::r2{}(metric::predictions<double>{means, 2, {}, targets}) == doctest::Approx(0).epsilon(1e-12));
    const std::vector<double> half{1, 7, 2, 7, 6, 7};
    CHECK(metric::r2{}(metric::predictions<double>{half, 2, {}, targets}) == doctest::Approx(0.5));
  }

  TEST_CASE("a weight counts as if a row were there so often") {
    const std::vector<double> targets{1, 2, 2, 6};
    const std::vector<double> outputs{1.5, 3, 3, 5};
    const std::vector<double> fewer_targets{1, 2, 6};
    const std::vector<double> fewer_outputs{1.5, 3, 5};
    const std::vector<double> weights{1, 2, 1};
    CHECK(metric::r2{}(metric::predictions<double>{outputs, 1, {}, targets}) ==
          doctest::Approx(metric::r2{}(metric::predictions<double>{fewer_outputs, 1, {}, fewer_targets, weights})));
  }

  TEST_CASE("targets that are all equal leave nothing to explain") {
    const std::vector<double> targets{2, 2};
    const std::vector<double> outputs{2, 3};
    CHECK(metric::r2{}(metric::predictions<double>{outputs, 1, {}, targets}) ==
          -std::numeric_limits<double>::infinity());
  }
}
