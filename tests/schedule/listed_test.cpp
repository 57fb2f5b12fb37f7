// SPDX-License-Identifier: Apache-2.0
#include <espalier/schedule/listed.hpp>

#include <doctest/doctest.h>

#include <limits>

using espalier::schedule::listed;

TEST_SUITE("schedule") {
  TEST_CASE("the given sparsities come in their order, after success and after failure") {
    listed schedule({0.1, 0.5, 0.9});
    CHECK(schedule.sparsity() == 0.1);
    CHECK(schedule.update());
    CHECK(schedule.sparsity() == 0.5);
    CHECK(schedule.repair());
    CHECK(schedule.sparsity() == 0.9);
    CHECK_FALSE(schedule.update());
    CHECK_FALSE(schedule.repair());
    CHECK(schedule.sparsity() == 0.9);
  }

  TEST_CASE("none, and sparsities out of range or order, are refused by their place") {
    CHECK_THROWS_AS(listed({}), espalier::argument_error);
    CHECK_THROWS_AS(listed({-0.1}), espalier::argument_error);
    CHECK_THROWS_AS(listed({0.5, 1.1}), espalier::argument_error);
    CHECK_THROWS_AS(listed({std::numeric_limits<double>::quiet_NaN()}), espalier::argument_error);
    CHECK_THROWS_WITH_AS(
        listed({0.5, 0.5}),
        "espalier::schedule::listed: got sparsity 0.500000 in place 1, expected 0 to 1, larger than the "
        "one before",
        espalier::argument_error);
  }
}
