// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/detail/fixing.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "support/knapsack_problems.hpp"

namespace detail = espalier::knapsack::detail;
namespace knapsack = espalier::knapsack;

TEST_SUITE("knapsack") {
  TEST_CASE("what prices decide is decided as enumeration does") {
    espalier::random_generator random(98);
    const knapsack::solve_options no_limits;
    int decided = 0;
    for (int trial = 0; trial < 6000; ++trial) {
      const std::size_t items = 8 + random.below(9);
      auto owned = support::random_problem(
          random,
          {.items = items, .classes = items, .resources = 1 + random.below(3), .largest_weight = 1 + random.below(40)});
      const auto& p = owned.get();
      detail::budget unlimited(no_limits);
      const auto solution = detail::fixing<double>(p, no_limits, unlimited, 1)();
      CAPTURE(trial);
      REQUIRE(solution.status == knapsack::status::optimal);
      support::check_consistent(p, solution);
      REQUIRE(solution.value == doctest::Approx(support::enumerate(p)).epsilon(1e-10));
      decided += solution.statistics.window_items <= items / 2 ? 1 : 0;
    }
    CHECK(decided > 1000);
  }

  TEST_CASE("a hundred thousand items with a weight each leave few to search in, at the same value") {
    espalier::random_generator random(99);
    for (const std::size_t resources : {1U, 2U}) {
      support::owned_problem<> owned = support::class_problem(
          random, {.items = 100'000, .classes = 100'000, .resources = resources}, support::family::individual);
      for (double& value : owned.values) {
        value += random.uniform();
      }
      const auto& p = owned.get();
      REQUIRE(detail::has_small_classes(p));
      const knapsack::solve_options limited{.work_limit = 3'000'000};
      detail::budget budget(limited);
      const auto few = detail::fixing<double>(p, limited, budget)();
      support::check_consistent(p, few);
      CHECK(few.statistics.window_items < p.items() / 3);
      CHECK(few.gap() < 1e-7);
      detail::budget another(limited);
      const auto all = detail::solving<double>(p, limited, another)();
      CHECK(few.value <= all.bound);
      CHECK(all.value <= few.bound);
    }
  }
}
