// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/choice_problem.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace knapsack = espalier::knapsack;

TEST_SUITE("knapsack") {
  TEST_CASE("a choice problem counts its groups and resources") {
    const std::vector<float> values{0, 1, 0, 2, 0, 1, 3};
    const knapsack::choice_problem<float> p{values, {{0, 2}, {1, 1}}, {2, 3}, {0, 0, 1, 2, 0, 0, 1, 0, 2, 2}, {4, 5}};
    CHECK(p.groups() == 3);
    CHECK(p.resources() == 2);
    CHECK(knapsack::choice_problem<double>{}.groups() == 0);
  }
}
