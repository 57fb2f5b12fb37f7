// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/problem.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

namespace knapsack = espalier::knapsack;

TEST_SUITE("knapsack") {
  TEST_CASE("a problem counts its items, classes and resources") {
    const std::vector<double> values{1, 2, 3};
    const knapsack::problem<double> p{values, {{1, 2}, {0, 1}}, {1, 2, 3, 4}, {10, 20}};
    CHECK(p.items() == 3);
    CHECK(p.classes() == 2);
    CHECK(p.resources() == 2);
    CHECK(std::ranges::equal(p.weights_of(0), std::vector<std::int64_t>{1, 2}));
    CHECK(std::ranges::equal(p.weights_of(1), std::vector<std::int64_t>{3, 4}));
  }

  TEST_CASE("a problem without resources has no classes to tell apart") {
    const std::vector<float> values{1};
    const knapsack::problem<float> p{values, {{0, 1}}, {}, {}};
    CHECK(p.items() == 1);
    CHECK(p.classes() == 0);
    CHECK(p.resources() == 0);
  }

  TEST_CASE("runs are equal when class and count are") {
    CHECK(knapsack::run{1, 2} == knapsack::run{1, 2});
    CHECK_FALSE(knapsack::run{1, 2} == knapsack::run{2, 2});
    CHECK_FALSE(knapsack::run{1, 2} == knapsack::run{1, 3});
  }
}
