// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/dynamic_programming.hpp>

#include <doctest/doctest.h>

#include "support/knapsack_problems.hpp"

namespace knapsack = espalier::knapsack;

TEST_SUITE("knapsack") {
  TEST_CASE("dynamic programming gives the value of enumeration") {
    espalier::random_generator random(31);
    for (int trial = 0; trial < 3000; ++trial) {
      auto owned = support::random_problem(
          random,
          {.items = 1 + random.below(11), .classes = 1 + random.below(8), .resources = 1, .largest_weight = 15});
      const auto& p = owned.get();
      const auto solution = knapsack::dynamic_programming{}(p);
      CAPTURE(trial);
      support::check_consistent(p, solution);
      CHECK(solution.value == doctest::Approx(support::enumerate(p)).epsilon(1e-12));
      CHECK(solution.bound == solution.value);
      CHECK(solution.status == knapsack::status::optimal);
    }
  }

  TEST_CASE("items that weigh nothing are all kept, also those without value") {
    support::owned_problem<> owned;
    owned.problem.capacities = {0};
    owned.add_class({0}, {0, 2});
    owned.add_class({1}, {1});
    CHECK(knapsack::dynamic_programming{}(owned.get()).kept == std::vector<std::uint8_t>{1, 1, 0});
  }

  TEST_CASE("among equals the later items are left out") {
    support::owned_problem<> owned;
    owned.problem.capacities = {4};
    owned.add_class({2}, {3, 3, 3});
    CHECK(knapsack::dynamic_programming{}(owned.get()).kept == std::vector<std::uint8_t>{1, 1, 0});
  }

  TEST_CASE("the reference finds items again by comparing floats: here sums that rounding makes differ lose none") {
    // 0.1 + 0.2 + 0.3 and 0.3 + 0.2 + 0.1 differ, and so do many more.
    espalier::random_generator random(32);
    for (int trial = 0; trial < 300; ++trial) {
      support::owned_problem<> owned;
      owned.problem.capacities = {1 + static_cast<std::int64_t>(random.below(30))};
      for (std::int64_t weight = 1; weight <= 4; ++weight) {
        std::vector<double> values(random.below(4));
        for (double& value : values) {
          value = 0.1 * static_cast<double>(1 + random.below(9));
        }
        owned.add_class({weight}, values);
      }
      const auto& p = owned.get();
      const auto solution = knapsack::dynamic_programming{}(p);
      double sum = 0;
      for (std::size_t i = 0; i < p.items(); ++i) {
        sum += solution.kept[i] != 0 ? p.values[i] : 0;
      }
      CAPTURE(trial);
      CHECK(sum == doctest::Approx(support::enumerate(p)).epsilon(1e-12));
      CHECK(solution.used[0] <= p.capacities[0]);
    }
  }

  TEST_CASE("a capacity beyond all weights costs no memory") {
    support::owned_problem<> owned;
    owned.problem.capacities = {std::int64_t{1} << 60};
    owned.add_class({2}, {3, 0});
    CHECK(knapsack::dynamic_programming{}(owned.get()).kept == std::vector<std::uint8_t>{1, 0});
  }

  TEST_CASE("dynamic programming takes one resource, and a table within its memory limit") {
    support::owned_problem<> owned;
    owned.problem.capacities = {1000, 1000};
    owned.add_class({600, 600}, {1, 1});
    CHECK_THROWS_WITH_AS((void)knapsack::dynamic_programming{}(owned.get()), doctest::Contains("got 2 resources"),
                         espalier::argument_error);
    owned.problem.capacities = {1000};
    owned.problem.weights = {600};
    CHECK_THROWS_WITH_AS((void)knapsack::dynamic_programming{.memory_limit = 200}(owned.get()),
                         doctest::Contains("memory limit of 200 bytes"), espalier::argument_error);
    CHECK(knapsack::dynamic_programming{.memory_limit = 300}(owned.get()).value == 1);
  }
}
