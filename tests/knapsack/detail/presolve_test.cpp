// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/detail/presolve.hpp>

#include <doctest/doctest.h>

#include <vector>

#include "support/knapsack_problems.hpp"

namespace detail = espalier::knapsack::detail;

namespace {

const espalier::knapsack::solve_options no_limits;
detail::budget unlimited(no_limits);

}  // namespace

TEST_SUITE("knapsack") {
  TEST_CASE("presolve drops rows that cannot bind, divides by the gcd, merges equal classes and keeps what is free") {
    support::owned_problem<> owned;
    owned.problem.capacities = {13, 1000, 9};
    owned.add_class({4, 1, 3}, {1, 1});
    owned.add_class({6, 7, 0}, {1, 1});
    owned.add_class({4, 2, 3}, {1});  // like the first where it matters
    owned.add_class({0, 5, 0}, {1, 1, 1});
    owned.add_class({14, 0, 0}, {1});  // fits nowhere
    owned.add_class({4, 1, 6}, {});    // no item
    const auto core = detail::presolve(owned.get(), owned.problem.capacities, unlimited);
    CHECK(core.rows == std::vector<std::size_t>{0});  // 3 * 3 <= 9, so the third row does not bind either
    CHECK(core.divisors == std::vector<std::int64_t>{2});
    CHECK(core.capacities == std::vector<std::int64_t>{6});
    CHECK(core.weights == std::vector<std::int64_t>{2, 3});
    REQUIRE(core.classes.size() == 2);
    CHECK(core.classes[0].size == 3);
    REQUIRE(core.classes[0].pieces.size() == 2);
    CHECK(core.classes[0].pieces[1].first == 4);
    CHECK(core.classes[1].size == 2);
    REQUIRE(core.free_pieces.size() == 1);
    CHECK(core.free_pieces[0].first == 5);
    CHECK(core.free_pieces[0].count == 3);
  }

  TEST_CASE("with larger capacities to come, items that fit only then stay") {
    support::owned_problem<> owned;
    owned.problem.capacities = {1};
    owned.add_class({2}, {1, 1});
    CHECK(detail::presolve(owned.get(), {1}, unlimited).classes.empty());
    CHECK(detail::presolve(owned.get(), {2}, unlimited).classes.size() == 1);
  }

  TEST_CASE("many distinct weight vectors keep their order") {
    support::owned_problem<> owned;
    owned.problem.capacities = {100, 100};
    for (std::int64_t c = 0; c < 60; ++c) {
      owned.add_class({c % 20 + 1, c % 7}, {1, 2});
    }
    const auto core = detail::presolve(owned.get(), owned.problem.capacities, unlimited);
    CHECK(core.classes.size() == 60);  // 20 and 7 have no common divisor
    for (std::size_t c = 0; c < 60; ++c) {
      CHECK(core.weights_of(c)[0] == static_cast<std::int64_t>(c % 20 + 1));
      CHECK(core.classes[c].pieces.front().first == 2 * c);
    }
  }
}
