// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/validate.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "support/knapsack_problems.hpp"

namespace knapsack = espalier::knapsack;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Three classes in two resources, two items each; valid.
support::owned_problem<> sound() {
  support::owned_problem<> result;
  result.problem.capacities = {5, 6};
  result.add_class({1, 2}, {1, 2});
  result.add_class({3, 4}, {3, 4});
  result.add_class({0, 0}, {5, 0});
  return result;
}

}  // namespace

TEST_SUITE("knapsack") {
  TEST_CASE("a sound problem passes, also without items, classes or resources") {
    auto owned = sound();
    CHECK_NOTHROW(knapsack::validate(owned.get()));
    CHECK_NOTHROW(knapsack::validate(knapsack::problem<double>{}));
    CHECK_NOTHROW(knapsack::validate(knapsack::problem<float>{{}, {}, {}, {3}}));
  }

  TEST_CASE("a value that is negative or not finite is refused with its index") {
    for (const double bad : {-1.0, -infinity, infinity, std::nan("")}) {
      auto owned = sound();
      owned.values[3] = bad;
      CHECK_THROWS_WITH_AS(knapsack::validate(owned.get()), doctest::Contains("of item 3, expected finite values >= 0"),
                           espalier::argument_error);
    }
    auto owned = sound();
    owned.values[3] = -0.0;
    CHECK_NOTHROW(knapsack::validate(owned.get()));
  }

  TEST_CASE("a float value is judged as a float") {
    support::owned_problem<float> owned;
    owned.problem.capacities = {1};
    owned.add_class({1}, {1, std::numeric_limits<float>::infinity()});
    CHECK_THROWS_WITH_AS(knapsack::validate(owned.get()), doctest::Contains("item 1"), espalier::argument_error);
    owned.values[1] = (std::numeric_limits<float>::max)();
    CHECK_NOTHROW(knapsack::validate(owned.get()));
  }

  TEST_CASE("a negative weight is refused with its class") {
    auto owned = sound();
    owned.problem.weights[3] = -4;
    CHECK_THROWS_WITH_AS(knapsack::validate(owned.get()), doctest::Contains("weight -4 of class 1"),
                         espalier::argument_error);
  }

  TEST_CASE("a negative capacity is refused with its resource") {
    auto owned = sound();
    owned.problem.capacities[1] = -1;
    CHECK_THROWS_WITH_AS(knapsack::validate(owned.get()), doctest::Contains("capacity -1 of resource 1"),
                         espalier::argument_error);
  }

  TEST_CASE("weights that do not fill the classes are a matter of shape") {
    auto owned = sound();
    owned.problem.weights.pop_back();
    CHECK_THROWS_AS(knapsack::validate(owned.get()), espalier::shape_error);
    const std::vector<double> values{1};
    CHECK_THROWS_AS(knapsack::validate(knapsack::problem<double>{values, {{0, 1}}, {1}, {}}), espalier::shape_error);
  }

  TEST_CASE("a run of a class that does not exist is refused with its index") {
    auto owned = sound();
    owned.problem.runs[1].item_class = 3;
    CHECK_THROWS_WITH_AS(knapsack::validate(owned.get()), doctest::Contains("class 3 in run 1"),
                         espalier::argument_error);
  }

  TEST_CASE("runs that cover more or fewer items than there are values are a matter of shape") {
    for (const std::uint64_t count : {std::uint64_t{1}, std::uint64_t{3}, ~std::uint64_t{0}}) {
      auto owned = sound();
      owned.problem.runs[2].count = count;
      CHECK_THROWS_AS(knapsack::validate(owned.get()), espalier::shape_error);
    }
  }

  TEST_CASE("a total weight beyond an int64 is refused with the run that reaches it") {
    auto owned = sound();
    const std::int64_t half = (std::numeric_limits<std::int64_t>::max)() / 2;
    owned.problem.weights = {half / 2, 0, half / 2, 0, 1, 0};
    CHECK_NOTHROW(knapsack::validate(owned.get()));
    owned.problem.weights = {half / 2, 0, half / 2 + 2, 0, 1, 0};
    CHECK_THROWS_WITH_AS(knapsack::validate(owned.get()), doctest::Contains("resource 0, reached at run"),
                         espalier::argument_error);
    owned.problem.weights = {0, 0, half + 1, 0, 0, 0};
    CHECK_THROWS_WITH_AS(knapsack::validate(owned.get()), doctest::Contains("resource 0, reached at run 1"),
                         espalier::argument_error);
  }
}
