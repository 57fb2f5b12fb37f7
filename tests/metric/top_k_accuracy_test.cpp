// SPDX-License-Identifier: Apache-2.0
#include <espalier/metric/top_k_accuracy.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <espalier/base/random_generator.hpp>

namespace metric = espalier::metric;

TEST_SUITE("metric") {
  TEST_CASE("right is whatever has fewer than k larger outputs, so that ties count") {
    const std::vector<double> outputs{0.1, 0.2, 0.3, 0.4, 0.25, 0.25, 0.25, 0.25};
    const std::vector<std::uint32_t> labels{1, 3};
    const metric::predictions<double> p{outputs, 4, labels};
    CHECK(metric::top_k_accuracy{.k = 1}(p) == 0.5);
    CHECK(metric::top_k_accuracy{.k = 2}(p) == 0.5);
    CHECK(metric::top_k_accuracy{.k = 3}(p) == 1);
    CHECK(metric::top_k_accuracy{.k = 9}(p) == 1);
  }
}
