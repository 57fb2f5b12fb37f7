// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/choice_solution.hpp>

#include <doctest/doctest.h>

namespace knapsack = espalier::knapsack;

TEST_SUITE("knapsack") {
  TEST_CASE("the gap of a choice is open only where it is neither proven nor impossible") {
    knapsack::choice_solution s;
    s.value = 8;
    s.bound = 10;
    CHECK(s.status == knapsack::status::infeasible);
    CHECK(s.gap() == 0);
    s.status = knapsack::status::feasible;
    CHECK(s.gap() == doctest::Approx(0.2));
    s.status = knapsack::status::optimal;
    CHECK(s.gap() == 0);
  }
}
