// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/solution.hpp>

#include <doctest/doctest.h>

namespace knapsack = espalier::knapsack;

TEST_SUITE("knapsack") {
  TEST_CASE("every status has its name") {
    CHECK(knapsack::to_string(knapsack::status::optimal) == "optimal");
    CHECK(knapsack::to_string(knapsack::status::feasible) == "feasible");
    CHECK(knapsack::to_string(knapsack::status::infeasible) == "infeasible");
  }

  TEST_CASE("a worse status compares greater, so that the worst of several is their maximum") {
    CHECK(knapsack::status::optimal < knapsack::status::feasible);
    CHECK(knapsack::status::feasible < knapsack::status::infeasible);
  }

  TEST_CASE("the gap is what the bound leaves open, relative to it; none once proven optimal") {
    knapsack::solution s;
    s.value = 9;
    s.bound = 10;
    s.status = knapsack::status::feasible;
    CHECK(s.gap() == doctest::Approx(0.1));
    s.status = knapsack::status::optimal;
    CHECK(s.gap() == 0);
  }

  TEST_CASE("where nothing has a value there is no gap") {
    knapsack::solution s;
    s.status = knapsack::status::feasible;
    CHECK(s.gap() == 0);
  }
}
