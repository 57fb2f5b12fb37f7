// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/solve_options.hpp>

#include <doctest/doctest.h>

#include <limits>

#include <espalier/knapsack/solve.hpp>

#include "support/knapsack_problems.hpp"

namespace knapsack = espalier::knapsack;

TEST_SUITE("knapsack") {
  TEST_CASE("by default the search is exact, reads no clock and cannot be stopped") {
    const knapsack::solve_options defaults;
    CHECK(defaults.relative_gap == 0);
    CHECK(defaults.time_limit == std::numeric_limits<double>::infinity());
    CHECK_FALSE(defaults.measure_time);
    CHECK_FALSE(defaults.stop.stop_requested());
  }

  TEST_CASE("limits that are not reached change nothing") {
    espalier::random_generator random(31);
    auto owned = support::random_problem(random, {.items = 12, .classes = 4, .resources = 2});
    const auto plain = knapsack::solve(owned.get());
    const auto limited =
        knapsack::solve(owned.get(), {.work_limit = 1'000'000, .time_limit = 3600, .measure_time = true});
    CHECK(plain.status == knapsack::status::optimal);
    CHECK(limited.status == knapsack::status::optimal);
    CHECK(limited.kept == plain.kept);
    CHECK(limited.bound == plain.bound);
  }

  TEST_CASE("limits that make no sense are refused") {
    espalier::random_generator random(32);
    auto owned = support::random_problem(random, {.items = 3, .classes = 2, .resources = 1});
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_WITH_AS((void)knapsack::solve(owned.get(), {.relative_gap = nan}),
                         doctest::Contains("got a relative gap of nan, expected a gap >= 0"), espalier::argument_error);
    CHECK_THROWS_WITH_AS((void)knapsack::solve(owned.get(), {.time_limit = -1}),
                         doctest::Contains("got a time limit of -1.000000 seconds, expected a limit >= 0"),
                         espalier::argument_error);
  }
}
