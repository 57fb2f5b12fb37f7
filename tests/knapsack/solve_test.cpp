// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/solve.hpp>

#include <doctest/doctest.h>

#include <numeric>
#include <string>
#include <vector>

#include <espalier/knapsack/dynamic_programming.hpp>
#include <espalier/knapsack/greedy.hpp>

#include "support/knapsack_problems.hpp"

namespace knapsack = espalier::knapsack;

TEST_SUITE("knapsack") {
  TEST_CASE("the optimum is that of enumeration on small problems of every kind") {
    espalier::random random(11);
    for (int trial = 0; trial < 4000; ++trial) {
      auto owned = support::random_problem(random, {.items = 1 + random.below(11),
                                                    .classes = 1 + random.below(5),
                                                    .resources = 1 + random.below(4),
                                                    .largest_weight = 1 + random.below(12)});
      const auto& p = owned.get();
      const auto solution = knapsack::solve(p);
      CAPTURE(trial);
      REQUIRE(solution.status == knapsack::status::optimal);
      support::check_consistent(p, solution);
      REQUIRE(solution.value == doctest::Approx(support::enumerate(p)).epsilon(1e-12));
    }
  }

  TEST_CASE("the optimum is that of dynamic programming with one resource") {
    espalier::random random(12);
    for (int trial = 0; trial < 1500; ++trial) {
      auto owned = support::random_problem(random, {.items = 1 + random.below(60),
                                                    .classes = 1 + random.below(30),
                                                    .resources = 1,
                                                    .largest_weight = 1 + random.below(30)});
      const auto& p = owned.get();
      const auto exact = knapsack::solve(p);
      CAPTURE(trial);
      REQUIRE(exact.status == knapsack::status::optimal);
      support::check_consistent(p, exact);
      REQUIRE(exact.value == doctest::Approx(knapsack::dynamic_programming{}(p).value).epsilon(1e-12));
    }
  }

  TEST_CASE("the instances of OR-Library are solved to their published optima") {
    for (const char* name : {"hp1", "pb1", "pb4", "weing1", "weing2", "weing3", "weing4", "weing5", "weing7"}) {
      auto instance = support::read_library(std::string(ESPALIER_TEST_DATA "/or-library/") + name + ".dat");
      const auto solution = knapsack::solve(instance.owned.get());
      CAPTURE(name);
      CHECK(solution.status == knapsack::status::optimal);
      CHECK(solution.value == instance.optimum);
      support::check_consistent(instance.owned.get(), solution);
    }
  }

  TEST_CASE("a planted optimum is found among a hundred thousand items in three resources") {
    espalier::random random(13);
    support::owned_problem<> owned;
    const std::vector<double> prices{0.3, 0.2, 0.5};
    owned.problem.capacities = {0, 0, 0};
    std::vector<std::uint8_t> planted;
    for (int c = 0; c < 10; ++c) {
      std::vector<std::int64_t> weights;
      double threshold = 0;
      for (std::size_t r = 0; r < 3; ++r) {
        weights.push_back(1 + static_cast<std::int64_t>(random.below(9)));
        threshold += prices[r] * static_cast<double>(weights.back());
      }
      std::vector<double> items;
      for (int i = 0; i < 10000; ++i) {
        const double regret = (0.001 + random.uniform()) * (random.below(2) == 0 ? 1 : -1);
        items.push_back((std::max)(0.0, threshold + regret));
        planted.push_back(regret > 0 ? 1 : 0);
        for (std::size_t r = 0; regret > 0 && r < 3; ++r) {
          owned.problem.capacities[r] += weights[r];
        }
      }
      owned.add_class(weights, items);
    }
    const auto solution = knapsack::solve(owned.get());
    CHECK(solution.status == knapsack::status::optimal);
    CHECK(solution.kept == planted);
  }

  TEST_CASE("the edges: nothing to choose, no room, room for all, no weight, equal values") {
    support::owned_problem<> none;
    none.problem.capacities = {3};
    CHECK(knapsack::solve(none.get()).status == knapsack::status::optimal);

    support::owned_problem<> owned;
    owned.problem.capacities = {0};
    owned.add_class({2}, {1, 1, 1});
    owned.add_class({0}, {0, 5});
    auto solution = knapsack::solve(owned.get());
    CHECK(solution.kept == std::vector<std::uint8_t>{0, 0, 0, 1, 1});
    CHECK(solution.status == knapsack::status::optimal);
    owned.problem.capacities = {5};
    CHECK(knapsack::solve(owned.get()).kept == std::vector<std::uint8_t>{1, 1, 0, 1, 1});
    owned.problem.capacities = {6};
    CHECK(knapsack::solve(owned.get()).kept == std::vector<std::uint8_t>{1, 1, 1, 1, 1});

    support::owned_problem<> zeros;
    zeros.problem.capacities = {2};
    zeros.add_class({1}, {0, 0, 0});
    CHECK(knapsack::solve(zeros.get()).value == 0);
    CHECK(knapsack::solve(zeros.get()).status == knapsack::status::optimal);
  }

  TEST_CASE("past a limit the answer is feasible and the bound holds") {
    espalier::random random(14);
    for (int trial = 0; trial < 200; ++trial) {
      auto owned = support::random_problem(random, {.items = 12, .classes = 12, .resources = 3, .largest_weight = 40});
      const auto& p = owned.get();
      const auto limited = knapsack::solve(p, {.work_limit = 30});
      const double optimum = support::enumerate(p);
      support::check_consistent(p, limited);
      CHECK(limited.value <= doctest::Approx(optimum));
      CHECK(limited.bound >= optimum * (1 - 1e-12));
      if (limited.status == knapsack::status::optimal) {
        CHECK(limited.value == doctest::Approx(optimum));
      }
    }
  }

  TEST_CASE("a stop request ends the search with a feasible answer") {
    espalier::random random(15);
    std::stop_source source;
    source.request_stop();
    auto owned =
        support::random_problem(random, {.items = 400, .classes = 400, .resources = 4, .largest_weight = 1000});
    support::check_consistent(owned.get(), knapsack::solve(owned.get(), {.stop = source.get_token()}));
  }

  TEST_CASE("float values are solved like their doubles") {
    espalier::random random(16);
    support::owned_problem<float> narrow;
    support::owned_problem<> wide;
    narrow.problem.capacities = wide.problem.capacities = {40};
    for (std::int64_t weight : {3, 5}) {
      std::vector<float> items;
      for (int i = 0; i < 20; ++i) {
        items.push_back(static_cast<float>(random.uniform()));
      }
      narrow.add_class({weight}, items);
      wide.add_class({weight}, {items.begin(), items.end()});
    }
    CHECK(knapsack::solve(narrow.get()).kept == knapsack::solve(wide.get()).kept);
  }
}
