// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/pareto.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <vector>

#include "support/knapsack_problems.hpp"

namespace knapsack = espalier::knapsack;

TEST_SUITE("knapsack") {
  TEST_CASE("every point of the curve is the optimum at its capacity") {
    espalier::random_generator random(61);
    for (int trial = 0; trial < 400; ++trial) {
      const std::size_t resources = 1 + random.below(3);
      auto owned = support::random_problem(
          random, {.items = 1 + random.below(10), .classes = 4, .resources = resources, .largest_weight = 6});
      const std::size_t varied = random.below(resources);
      std::vector<std::int64_t> capacities;
      for (int i = 0; i < 8; ++i) {
        capacities.push_back(static_cast<std::int64_t>(random.below(60)));
      }
      const auto points = knapsack::pareto(owned.get(), varied, capacities);
      REQUIRE(points.size() == capacities.size());
      for (std::size_t i = 0; i < points.size(); ++i) {
        owned.problem.capacities[varied] = capacities[i];
        const auto& p = owned.get();
        CAPTURE(trial);
        CAPTURE(i);
        CHECK(points[i].capacity == capacities[i]);
        CHECK(points[i].status == knapsack::status::optimal);
        CHECK(points[i].bound == points[i].value);
        CHECK(points[i].value == doctest::Approx(support::enumerate(p)).epsilon(1e-12));
        CHECK(points[i].used <= capacities[i]);
        CHECK(points[i].multipliers.size() == resources);
      }
    }
  }

  TEST_CASE("among many items each point is what solve finds, and the curve is monotone") {
    espalier::random_generator random(62);
    for (const auto kind : {support::family::network, support::family::quantized, support::family::even}) {
      auto owned =
          support::class_problem(random, {.items = 50'000, .classes = 12, .resources = 2, .largest_weight = 36}, kind);
      std::int64_t total = 0;
      for (const auto& run : owned.problem.runs) {
        total += static_cast<std::int64_t>(run.count) * owned.get().weights_of(run.item_class)[0];
      }
      std::vector<std::int64_t> capacities;
      for (std::int64_t share = 0; share <= 10; ++share) {
        capacities.push_back(total * share / 10 + share);
      }
      const auto points = knapsack::pareto(owned.get(), 0, capacities);
      for (std::size_t i = 0; i < points.size(); ++i) {
        owned.problem.capacities[0] = capacities[i];
        const auto solution = knapsack::solve(owned.get());
        CAPTURE(i);
        REQUIRE(solution.status == knapsack::status::optimal);
        CHECK(points[i].status == knapsack::status::optimal);
        CHECK(points[i].value == doctest::Approx(solution.value).epsilon(1e-13));
        CHECK((i == 0 || points[i].value >= points[i - 1].value * (1 - 1e-15)));
      }
    }
  }

  TEST_CASE("a stop request leaves points of which little is known, and that is true") {
    espalier::random_generator random(63);
    auto owned = support::class_problem(random, {.items = 20'000, .classes = 20, .resources = 2});
    const std::vector<std::int64_t> capacities{owned.problem.capacities[0] / 2, owned.problem.capacities[0]};
    int asked = 0;
    const support::stops_at never{&asked, std::numeric_limits<int>::max()};
    const auto best = knapsack::pareto(owned.get(), 0, capacities, {.stop = never});
    for (const int when : {1, asked / 3, asked}) {  // while the items are sorted, at the first point, at the last
      asked = 0;
      const auto stopped = knapsack::pareto(owned.get(), 0, capacities, {.stop = support::stops_at{&asked, when}});
      CHECK(stopped.back().status == knapsack::status::feasible);
      for (std::size_t i = 0; i < capacities.size(); ++i) {
        CHECK(stopped[i].capacity == capacities[i]);
        CHECK(stopped[i].value <= best[i].value);
        CHECK(stopped[i].bound >= best[i].value);
        CHECK(stopped[i].used <= capacities[i]);
      }
    }
  }

  TEST_CASE("a resource that never binds, and no capacities at all, are legal") {
    support::owned_problem<> owned;
    owned.problem.capacities = {1};
    owned.add_class({2}, {1, 2});
    const std::vector<std::int64_t> enough{4, 9};
    for (const auto& point : knapsack::pareto(owned.get(), 0, enough)) {
      CHECK(point.value == 3);
      CHECK(point.used == 4);
      CHECK(point.status == knapsack::status::optimal);
    }
    CHECK(knapsack::pareto(owned.get(), 0, {}).empty());
  }

  TEST_CASE("a resource that does not exist and a negative capacity are refused") {
    support::owned_problem<> owned;
    owned.problem.capacities = {1};
    owned.add_class({2}, {1, 2});
    const std::vector<std::int64_t> capacities{3, -1};
    CHECK_THROWS_WITH_AS((void)knapsack::pareto(owned.get(), 1, capacities), doctest::Contains("got resource 1"),
                         espalier::argument_error);
    CHECK_THROWS_WITH_AS((void)knapsack::pareto(owned.get(), 0, capacities), doctest::Contains("capacity -1 at 1"),
                         espalier::argument_error);
    owned.values[1] = -2;
    CHECK_THROWS_AS((void)knapsack::pareto(owned.get(), 0, std::vector<std::int64_t>{1}), espalier::argument_error);
  }
}
