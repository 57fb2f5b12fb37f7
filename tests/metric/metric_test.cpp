// SPDX-License-Identifier: Apache-2.0
#include <espalier/metric/metric.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <espalier/base/random_generator.hpp>

namespace metric = espalier::metric;

TEST_SUITE("metric") {
  TEST_CASE("a label is a target of 1 for its class; a single output stands for class 1") {
    const std::vector<double> outputs{0.1, 0.2, 0.3, 0.4};
    const std::vector<std::uint32_t> labels{1, 0};
    metric::predictions<double> p{outputs, 2, labels};
    CHECK(p.size() == 2);
    CHECK(p.target(0, 0) == 0);
    CHECK(p.target(0, 1) == 1);
    CHECK(p.output(1, 0) == 0.3);
    const std::vector<std::uint32_t> four{1, 0, 0, 1};
    p = {outputs, 1, four};
    CHECK(p.target(0, 0) == 1);
    CHECK(p.target(1, 0) == 0);
  }

  TEST_CASE("a user's own class is a metric if it can be called with predictions") {
    const auto rows = [](const auto& p) { return static_cast<double>(p.size()); };
    CHECK(metric::metric<decltype(rows)>);
    CHECK_FALSE(metric::metric<int>);
  }
}
