// SPDX-License-Identifier: Apache-2.0
#include <espalier/metric/accuracy.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <espalier/base/random_generator.hpp>

namespace metric = espalier::metric;

TEST_SUITE("metric") {
  TEST_CASE("right is the largest output, the lowest in a tie, at the label or the largest target") {
    const std::vector<double> outputs{0.2, 0.8, 0.5, 0.5, 0.9, 0.1};
    const std::vector<std::uint32_t> labels{1, 0, 1};
    const std::vector<double> targets{0, 1, 0.5, 0.5, 0.3, 0.7};
    CHECK(metric::accuracy{}(metric::predictions<double>{outputs, 2, labels}) == doctest::Approx(2.0 / 3));
    CHECK(metric::accuracy{}(metric::predictions<double>{outputs, 2, {}, targets}) == doctest::Approx(2.0 / 3));
    const std::vector<double> weights{1, 1, 6};
    CHECK(metric::accuracy{}(metric::predictions<double>{outputs, 2, labels, {}, weights}) == doctest::Approx(0.25));
    const std::vector<double> none{0, 0, 0};
    CHECK(metric::accuracy{}(metric::predictions<double>{outputs, 2, labels, {}, none}) == 0);
  }

  TEST_CASE("a single output says yes if it is above the threshold") {
    const std::vector<float> outputs{0.5F, 0.6F, 0.2F, 0.1F};
    const std::vector<std::uint32_t> labels{0, 1, 1, 0};
    CHECK(metric::accuracy{}(metric::predictions<float>{outputs, 1, labels}) == 0.75);
    CHECK(metric::accuracy{.threshold = 0.15}(metric::predictions<float>{outputs, 1, labels}) == 0.75);
  }
}
