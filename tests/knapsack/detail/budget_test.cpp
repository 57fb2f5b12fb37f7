// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/detail/budget.hpp>

#include <doctest/doctest.h>

#include "support/knapsack_problems.hpp"

namespace detail = espalier::knapsack::detail;
using espalier::knapsack::solve_options;

TEST_SUITE("knapsack") {
  TEST_CASE("work is counted up to its limit, and then nothing is allowed any more") {
    const solve_options options{.work_limit = 3};
    detail::budget budget(options);
    CHECK(budget.left() == 3);
    CHECK(budget.spend());
    CHECK(budget.spend());
    CHECK(budget.spend());
    CHECK(budget.left() == 0);
    CHECK_FALSE(budget.exhausted());
    CHECK_FALSE(budget.spend());
    CHECK(budget.exhausted());
    CHECK_FALSE(budget.allows(0));
    CHECK_NOTHROW(budget.keep_going());  // work is no reason to end before there is an answer
  }

  TEST_CASE("too much memory ends the search") {
    const solve_options options{.memory_limit = 100};
    detail::budget budget(options);
    CHECK(budget.allows(100));
    CHECK_FALSE(budget.allows(101));
    CHECK_FALSE(budget.spend());
  }

  TEST_CASE("a stop and a clock that has run down end everything") {
    int asked = 0;
    const solve_options stopped{.stop = support::stops_at{&asked, 2}};
    detail::budget budget(stopped);
    CHECK_NOTHROW(budget.keep_going());
    CHECK_THROWS_AS(budget.keep_going(), detail::interrupted);
    CHECK(budget.exhausted());

    const solve_options late{.time_limit = 0};
    detail::budget no_time(late);
    CHECK_THROWS_AS(no_time.keep_going(), detail::interrupted);
    CHECK_FALSE(no_time.spend());
  }
}
