// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/verify.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include <espalier/knapsack/greedy.hpp>
#include <espalier/knapsack/solve.hpp>

#include "support/knapsack_problems.hpp"

namespace knapsack = espalier::knapsack;

TEST_SUITE("knapsack") {
  TEST_CASE("what the solvers answer is valid, and the multipliers alone bound the optimum") {
    espalier::random_generator random(51);
    for (int trial = 0; trial < 2000; ++trial) {
      auto owned = support::random_problem(
          random, {.items = 1 + random.below(11), .classes = 4, .resources = 1 + random.below(4), .largest_weight = 9});
      const auto& p = owned.get();
      const double optimum = support::enumerate(p);
      CAPTURE(trial);
      const auto exact = knapsack::verify(p, knapsack::solve(p));
      CHECK(exact.fault == "");
      CHECK(exact.value == doctest::Approx(optimum).epsilon(1e-12));
      CHECK(exact.bound >= optimum * (1 - 1e-14));
      const auto greedy = knapsack::verify(p, knapsack::greedy{}(p));
      CHECK(greedy.valid());
      CHECK(greedy.bound >= optimum * (1 - 1e-14));
    }
  }

  TEST_CASE("with many items in few classes the multipliers prove the optimum to a few parts in a million") {
    espalier::random_generator random(52);
    auto owned =
        support::class_problem(random, {.items = 100'000, .classes = 20, .resources = 2, .largest_weight = 36});
    const auto& p = owned.get();
    const auto solution = knapsack::solve(p);
    REQUIRE(solution.status == knapsack::status::optimal);
    const auto checked = knapsack::verify(p, solution);
    CHECK(checked.fault == "");
    CHECK(checked.gap() < 1e-5);
    CHECK(checked.gap() > 0);
  }

  TEST_CASE("every claim that is not true is found") {
    support::owned_problem<> owned;
    owned.problem.capacities = {5};
    owned.add_class({2}, {4, 3, 2});
    owned.add_class({1}, {1});
    const auto& p = owned.get();
    const auto good = knapsack::solve(p);
    REQUIRE(knapsack::verify(p, good).valid());
    const auto fault = [&](auto&& change) {
      auto s = good;
      change(s);
      return knapsack::verify(p, s).fault;
    };
    CHECK(fault([](auto& s) { s.kept.pop_back(); }) == "kept has 3 entries for 4 items");
    CHECK(fault([](auto& s) { s.kept[0] = 2; }) == "kept has entries other than 0 and 1");
    CHECK(fault([](auto& s) { s.kept[0] = 0; }) == "counts are not those of the kept items");
    CHECK(fault([](auto& s) { s.used[0] = 4; }) == "used is not what the kept items weigh");
    CHECK(fault([](auto& s) { s.value += 1; }) == "value is not the sum of the kept values");
    CHECK(fault([](auto& s) { s.value = std::numeric_limits<double>::quiet_NaN(); }) ==
          "value is not the sum of the kept values");
    CHECK(fault([](auto& s) { s.bound -= 1; }) == "bound is below value");
    CHECK(fault([](auto& s) { s.bound += 1; }) == "status is optimal, but bound is above value");
    CHECK(fault([](auto& s) { s.multipliers = {1, 2}; }) == "there are 2 multipliers for 1 resources");
    CHECK(fault([](auto& s) { s.multipliers = {-1}; }) == "a multiplier is negative or not finite");
    CHECK(fault([](auto& s) {
            s.kept = {1, 1, 1, 0};
            s.counts = {3, 0};
            s.used = {6};
          }) == "resource 0 uses 6 of 5");
  }

  TEST_CASE("without multipliers the bound is the value of all items") {
    support::owned_problem<> owned;
    owned.problem.capacities = {1};
    owned.add_class({1}, {1, 2});
    CHECK(knapsack::verify(owned.get(), knapsack::greedy{}(owned.get())).bound == doctest::Approx(3));
    CHECK(knapsack::verify(owned.get(), knapsack::solve(owned.get())).bound < 3);
  }
}
