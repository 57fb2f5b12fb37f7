// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/solve_options.hpp>

#include <doctest/doctest.h>

#include <espalier/knapsack/solve.hpp>

#include "support/knapsack_problems.hpp"

namespace knapsack = espalier::knapsack;

TEST_SUITE("knapsack") {
  TEST_CASE("by default the search is exact, reads no clock and cannot be stopped") {
    const knapsack::solve_options defaults;
    CHECK(defaults.relative_gap == 0);
    CHECK_FALSE(defaults.time_limit.has_value());
    CHECK_FALSE(defaults.measure_time);
    CHECK_FALSE(defaults.stop.stop_possible());
  }

  TEST_CASE("limits that are not reached change nothing") {
    espalier::random_generator random(31);
    auto owned = support::random_problem(random, {.items = 12, .classes = 4, .resources = 2});
    const auto plain = knapsack::solve(owned.get());
    const auto limited = knapsack::solve(
        owned.get(), {.work_limit = 1'000'000, .time_limit = std::chrono::hours(1), .measure_time = true});
    CHECK(plain.status == knapsack::status::optimal);
    CHECK(limited.status == knapsack::status::optimal);
    CHECK(limited.kept == plain.kept);
    CHECK(limited.bound == plain.bound);
  }
}
