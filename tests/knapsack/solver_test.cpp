// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/solver.hpp>

#include <doctest/doctest.h>

#include "support/knapsack_problems.hpp"

namespace knapsack = espalier::knapsack;

namespace {

/// Keeps nothing: a solver of a user's own.
struct miser {
  template <class Value>
  [[nodiscard]] knapsack::solution operator()(const knapsack::problem<Value>& p) const {
    knapsack::solution s;
    s.kept.assign(p.items(), 0);
    return s;
  }
};

struct no_solver {};

}  // namespace

TEST_SUITE("knapsack") {
  TEST_CASE("whatever turns a problem into a solution is a solver, for float and double") {
    CHECK(knapsack::solver<miser>);
    CHECK_FALSE(knapsack::solver<no_solver>);
    CHECK(knapsack::solver<knapsack::exact, float>);
    CHECK(knapsack::solver<knapsack::greedy, float>);
    CHECK(knapsack::solver<knapsack::dynamic_programming, float>);
  }

  TEST_CASE_TEMPLATE("every solver stays within the capacities and below its bound", Solver, knapsack::exact,
                     knapsack::greedy, knapsack::dynamic_programming) {
    espalier::random_generator random(41);
    for (int trial = 0; trial < 200; ++trial) {
      auto owned = support::random_problem(random, {.items = 10, .classes = 4, .resources = 1, .largest_weight = 9});
      support::check_consistent(owned.get(), Solver{}(owned.get()));
    }
  }

  TEST_CASE("the exact solver passes its limits on") {
    espalier::random_generator random(42);
    int unproven = 0;
    for (int trial = 0; trial < 50; ++trial) {
      auto owned =
          support::random_problem(random, {.items = 60, .classes = 60, .resources = 3, .largest_weight = 1000});
      const knapsack::exact limited{{.work_limit = 1}};
      unproven += limited(owned.get()).status == knapsack::status::feasible ? 1 : 0;
    }
    CHECK(unproven > 0);
  }
}
