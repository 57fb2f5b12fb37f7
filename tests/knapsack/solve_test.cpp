// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/solve.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <espalier/knapsack/dynamic_programming.hpp>
#include <espalier/knapsack/greedy.hpp>
#include <espalier/knapsack/pareto.hpp>
#include <espalier/knapsack/verify.hpp>

#include "support/knapsack_problems.hpp"

namespace knapsack = espalier::knapsack;

TEST_SUITE("knapsack") {
  TEST_CASE("the optimum is that of enumeration on small problems of every kind") {
    espalier::random_generator random(11);
    for (int trial = 0; trial < 70'000 * support::thoroughness(); ++trial) {
      auto owned = support::random_problem(random, {.items = 1 + random.below(10),
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
    espalier::random_generator random(12);
    for (int trial = 0; trial < 30'000 * support::thoroughness(); ++trial) {
      auto owned = support::random_problem(random, {.items = 1 + random.below(30),
                                                    .classes = 1 + random.below(15),
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
    espalier::random_generator random(13);
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

  TEST_CASE("a planted optimum is found among ten million items, in memory for a byte an item beside the values") {
    // Values are thresholds plus non-zero regrets, and the capacity is what the items of positive regret weigh.
    espalier::random_generator random(17);
    support::owned_problem<float> owned;
    owned.values.reserve(10'000'000);
    owned.problem.capacities = {0, 0};
    std::vector<std::uint8_t> planted;
    planted.reserve(10'000'000);
    for (int c = 0; c < 20; ++c) {
      const std::vector<std::int64_t> weights{2 + 2 * static_cast<std::int64_t>(random.below(18)),
                                              2 * static_cast<std::int64_t>(random.below(2))};
      const double threshold = 0.25 * static_cast<double>(weights[0]) + 0.5 * static_cast<double>(weights[1]);
      for (int i = 0; i < 500'000; ++i) {
        const std::uint64_t draw = random();
        const double regret = (static_cast<double>(draw >> 48U) + 1) * 0x1p-18;  // up to 1/4, exact in float
        const bool keep = (draw & 1U) != 0;
        owned.values.push_back(static_cast<float>(keep ? threshold + regret : threshold - regret));
        planted.push_back(keep ? 1 : 0);
        owned.problem.capacities[0] += keep ? weights[0] : 0;
        owned.problem.capacities[1] += keep ? weights[1] : 0;
      }
      owned.problem.runs.push_back({static_cast<std::uint32_t>(c), 500'000});
      owned.problem.weights.insert(owned.problem.weights.end(), weights.begin(), weights.end());
    }
    const auto& p = owned.get();
    auto solution = knapsack::solve(p);
    CHECK(solution.status == knapsack::status::optimal);
    CHECK((solution.kept == planted));
    CHECK(solution.statistics.window_items < p.items() / 10);
    // All weights are even, so one more unit of capacity changes nothing.
    ++owned.problem.capacities[0];
    solution = knapsack::solve(p);
    CHECK(solution.status == knapsack::status::optimal);
    CHECK((solution.kept == planted));
  }

  TEST_CASE("every family of class problems is proven optimal, in one to three resources") {
    using support::family;
    espalier::random_generator random(18);
    for (const family kind :
         {family::network, family::even, family::sublattice, family::wide, family::quantized, family::proportional}) {
      for (std::size_t resources = 1; resources <= 3; ++resources) {
        for (const std::size_t classes : {std::size_t{1}, std::size_t{2}, std::size_t{5}, std::size_t{30}}) {
          if (kind == family::wide && resources == 3) {
            continue;  // a hard problem, not a test
          }
          auto owned = support::class_problem(
              random, {.items = 3000, .classes = classes, .resources = resources, .largest_weight = 18}, kind);
          const auto& p = owned.get();
          const auto solution = knapsack::solve(p);
          CAPTURE(static_cast<int>(kind));
          CAPTURE(resources);
          CAPTURE(classes);
          CHECK(solution.status == knapsack::status::optimal);
          support::check_consistent(p, solution);
          if (resources == 1) {
            CHECK(solution.value == doctest::Approx(support::best_of_classes(p)).epsilon(1e-12));
          }
        }
      }
    }
  }

  TEST_CASE("the answer does not depend on how the problem is written down") {
    espalier::random_generator random(19);
    for (int trial = 0; trial < 60; ++trial) {
      const auto kind = static_cast<support::family>(random.below(5));
      auto owned = support::class_problem(
          random, {.items = 400, .classes = 6, .resources = 1 + random.below(2), .largest_weight = 20}, kind);
      const auto& p = owned.get();
      const auto solution = knapsack::solve(p);
      REQUIRE(solution.status == knapsack::status::optimal);
      CAPTURE(trial);

      // Items in another order: backwards.
      support::owned_problem<> turned = owned;
      std::reverse(turned.values.begin(), turned.values.end());
      std::reverse(turned.problem.runs.begin(), turned.problem.runs.end());
      CHECK(knapsack::solve(turned.get()).value == doctest::Approx(solution.value).epsilon(1e-13));

      // Values times a power of two.
      support::owned_problem<> scaled = owned;
      for (double& value : scaled.values) {
        value *= 0x1p-40;
      }
      CHECK(knapsack::solve(scaled.get()).kept == solution.kept);

      // One more item without weight.
      support::owned_problem<> longer = owned;
      longer.add_class(std::vector<std::int64_t>(p.resources(), 0), {0.5});
      auto kept = solution.kept;
      kept.push_back(1);
      CHECK(knapsack::solve(longer.get()).kept == kept);

      // A class in two equal ones.
      support::owned_problem<> split = owned;
      const auto first = p.weights_of(0);
      split.problem.weights.insert(split.problem.weights.end(), first.begin(), first.end());
      split.problem.runs[0].count -= 20;
      split.problem.runs.insert(split.problem.runs.begin() + 1, {static_cast<std::uint32_t>(p.classes()), 20});
      CHECK(knapsack::solve(split.get()).kept == solution.kept);

      // More room never lowers the value.
      support::owned_problem<> roomier = owned;
      roomier.problem.capacities.back() += 1 + static_cast<std::int64_t>(random.below(30));
      CHECK(knapsack::solve(roomier.get()).value >= solution.value * (1 - 1e-15));
    }
  }

  TEST_CASE("a relative gap ends the search as soon as it is reached") {
    espalier::random_generator random(20);
    for (int trial = 0; trial < 20; ++trial) {
      auto owned = support::class_problem(random, {.items = 40, .classes = 40, .resources = 2, .largest_weight = 99},
                                          support::family::individual);
      const auto& p = owned.get();
      const auto rough = knapsack::solve(p, {.relative_gap = 0.05});
      support::check_consistent(p, rough);
      CHECK(rough.gap() <= 0.05);
      CHECK(rough.statistics.work <= knapsack::solve(p).statistics.work);
    }
    support::owned_problem<> owned;
    owned.problem.capacities = {1};
    owned.add_class({1}, {1, 2});
    CHECK_THROWS_WITH_AS((void)knapsack::solve(owned.get(), {.relative_gap = -0.1}),
                         doctest::Contains("expected a gap >= 0"), espalier::argument_error);
  }

  TEST_CASE("time is measured, and limits the search, only if that is asked for") {
    espalier::random_generator random(22);
    auto owned = support::class_problem(random, {.items = 200, .classes = 200, .resources = 5, .largest_weight = 1000},
                                        support::family::individual);
    const auto& p = owned.get();
    const auto limited = knapsack::solve(p, {.time_limit = 0, .measure_time = true});
    support::check_consistent(p, limited);
    CHECK(limited.status == knapsack::status::feasible);
    CHECK(limited.statistics.seconds > 0);
    CHECK(knapsack::solve(p, {.work_limit = 10}).statistics.seconds == 0);
  }

  TEST_CASE("little memory ends the search with a feasible answer") {
    espalier::random_generator random(23);
    auto owned = support::class_problem(random, {.items = 200, .classes = 200, .resources = 5, .largest_weight = 1000},
                                        support::family::individual);
    const auto& p = owned.get();
    const auto limited = knapsack::solve(p, {.memory_limit = 10'000});
    support::check_consistent(p, limited);
    CHECK(limited.status == knapsack::status::feasible);
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

  TEST_CASE("values on a plateau whose regrets are too large to count are solved all the same") {
    support::owned_problem<> owned;
    owned.problem.capacities = {21, 53, 52};
    owned.add_class({1, 9, 3}, {13, 13, 13});
    owned.add_class({9, 4, 12}, {25});
    owned.add_class({3, 2, 11}, {16, 16, 16});
    owned.add_class({3, 12, 7}, {22, 22});
    owned.add_class({8, 4, 9}, {21});
    CHECK(knapsack::solve(owned.get()).value == 118);
    CHECK(knapsack::solve(owned.get()).status == knapsack::status::optimal);
  }

  TEST_CASE("hundreds of thousands of equal values are decided by a few of them") {
    espalier::random_generator random(20);
    int narrow = 0;
    for (const std::size_t classes : {5U, 200U}) {
      for (const std::size_t resources : {1U, 2U, 4U}) {
        for (const double levels : {0.0, 1.0, 3.0}) {
          auto owned = support::class_problem(random, {.items = 400'000, .classes = classes, .resources = resources});
          for (double& value : owned.values) {
            value = levels == 0 ? 1.0 : std::round(value * levels);
          }
          const auto& p = owned.get();
          const auto solution = knapsack::solve(p);
          CAPTURE(classes);
          CAPTURE(resources);
          CAPTURE(levels);
          REQUIRE(solution.status == knapsack::status::optimal);
          support::check_consistent(p, solution);
          narrow += solution.statistics.window_items < p.items() / 4 ? 1 : 0;
          // The curve takes other windows.
          CHECK(solution.value == knapsack::pareto(p, 0, std::vector{p.capacities[0]}).front().value);
        }
      }
    }
    CHECK(narrow >= 15);  // of 18: where prices are as good within a wide range, the windows are wide too
  }

  TEST_CASE("past a limit the answer is feasible and the bound holds") {
    espalier::random_generator random(14);
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

  TEST_CASE("a stop request, whenever it comes, ends with a feasible answer and a bound that holds") {
    espalier::random_generator random(15);
    std::vector<support::owned_problem<>> problems{
        support::class_problem(random, {.items = 60'000, .classes = 300, .resources = 1}),
        support::class_problem(random, {.items = 60'000, .classes = 300, .resources = 3}),
        support::class_problem(random, {.items = 300'000, .classes = 3, .resources = 2}),
        support::class_problem(random, {.items = 20'000, .classes = 20'000, .resources = 2},
                               support::family::individual)};
    std::fill(problems[2].values.begin(), problems[2].values.end(), 1.0);
    for (auto& owned : problems) {
      const auto& p = owned.get();
      int asked = 0;
      const auto best = knapsack::solve(p, {.stop = support::stops_at{&asked, std::numeric_limits<int>::max()}});
      REQUIRE(best.status == knapsack::status::optimal);
      REQUIRE(asked > 20);
      const int all = asked;
      int partial = 0;
      for (int when = 1; when <= all; when += 1 + all / 30) {
        asked = 0;
        const auto stopped = knapsack::solve(p, {.stop = support::stops_at{&asked, when}});
        CAPTURE(when);
        support::check_consistent(p, stopped);
        CHECK(knapsack::verify(p, stopped).fault.empty());
        CHECK(stopped.bound >= best.value);
        CHECK(asked < when + 5);
        partial += stopped.status == knapsack::status::feasible ? 1 : 0;
      }
      CHECK(partial > 10);
    }
  }

  TEST_CASE("float values are solved like their doubles") {
    espalier::random_generator random(16);
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
