// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/greedy.hpp>

#include <doctest/doctest.h>

#include "support/knapsack_problems.hpp"

namespace knapsack = espalier::knapsack;

TEST_SUITE("knapsack") {
  TEST_CASE("greedy takes by value per weight, skips what does not fit and goes on") {
    support::owned_problem<> owned;
    owned.problem.capacities = {10};
    owned.add_class({6}, {9});
    owned.add_class({5}, {7});
    owned.add_class({4}, {2});
    const auto solution = knapsack::greedy{}(owned.get());
    CHECK(solution.kept == std::vector<std::uint8_t>{1, 0, 1});
    CHECK(solution.value == 11);
    CHECK(solution.used == std::vector<std::int64_t>{10});
    CHECK(solution.counts == std::vector<std::uint64_t>{1, 0, 1});
    CHECK(solution.status == knapsack::status::feasible);
    CHECK(solution.bound == 18);
  }

  TEST_CASE("one item of great value is not lost to small ones of greater density") {
    support::owned_problem<> owned;
    owned.problem.capacities = {100};
    owned.add_class({1}, {2});
    owned.add_class({100}, {100});
    CHECK(knapsack::greedy{}(owned.get()).kept == std::vector<std::uint8_t>{0, 1});
  }

  TEST_CASE("greedy is feasible, bounded, and in one dimension at least half of the optimum") {
    espalier::random_generator random(21);
    for (int trial = 0; trial < 2000; ++trial) {
      const std::size_t resources = 1 + random.below(3);
      auto owned = support::random_problem(
          random, {.items = 1 + random.below(10), .classes = 4, .resources = resources, .largest_weight = 20});
      const auto& p = owned.get();
      const auto solution = knapsack::greedy{}(p);
      const double optimum = support::enumerate(p);
      CAPTURE(trial);
      support::check_consistent(p, solution);
      CHECK(solution.bound >= optimum * (1 - 1e-12));
      CHECK(solution.value >= (resources == 1 ? optimum / 2 : 0) * (1 - 1e-12));
      if (solution.status == knapsack::status::optimal) {
        CHECK(solution.value == doctest::Approx(optimum));
      }
    }
  }

  TEST_CASE("greedy among equals takes the lowest index") {
    support::owned_problem<> owned;
    owned.problem.capacities = {2};
    owned.add_class({1}, {3, 3, 3});
    CHECK(knapsack::greedy{}(owned.get()).kept == std::vector<std::uint8_t>{1, 1, 0});
  }

  TEST_CASE("greedy keeps what weighs nothing, also where a capacity is 0, and all where there is no resource") {
    support::owned_problem<> owned;
    owned.problem.capacities = {0};
    owned.add_class({2}, {1, 4});
    owned.add_class({0}, {0, 5});
    CHECK(knapsack::greedy{}(owned.get()).kept == std::vector<std::uint8_t>{0, 0, 1, 1});

    const std::vector<double> values{1, 2};
    const auto all = knapsack::greedy{}(knapsack::problem<double>{values, {{0, 2}}, {}, {}});
    CHECK(all.kept == std::vector<std::uint8_t>{1, 1});
    CHECK(all.status == knapsack::status::optimal);
  }

  TEST_CASE("greedy refuses what validate refuses") {
    support::owned_problem<> owned;
    owned.problem.capacities = {1};
    owned.add_class({1}, {1, -1});
    CHECK_THROWS_AS((void)knapsack::greedy{}(owned.get()), espalier::argument_error);
  }
}
