// SPDX-License-Identifier: Apache-2.0
#include <espalier/schedule/constant.hpp>

#include <doctest/doctest.h>

#include <limits>

using espalier::schedule::constant;

TEST_SUITE("schedule") {
  TEST_CASE("the reference stops at 0.95 for drift: from 0 to 1 by 0.05 is twenty steps to exactly 1") {
    constant schedule({.initial = 0, .final = 1, .step = 0.05});
    int moves = 0;
    while (schedule.update()) {
      ++moves;
    }
    CHECK(moves == 20);
    CHECK(schedule.sparsity() == 1);
  }

  TEST_CASE("no level passes the final sparsity: from 0.25 to 0.5 by 0.1 ends at 0.45") {
    constant schedule({.initial = 0.25, .final = 0.5, .step = 0.1});
    CHECK(schedule.update());
    CHECK(schedule.update());
    CHECK_FALSE(schedule.update());
    CHECK(schedule.sparsity() == doctest::Approx(0.45));
  }

  TEST_CASE("after failure it moves on as after success") {
    constant schedule({.step = 0.25});
    CHECK(schedule.repair());
    CHECK(schedule.sparsity() == 0.25);
  }

  TEST_CASE("an update that changes nothing says that it did not move") {
    constant schedule({.initial = 0.5, .final = 0.5});
    CHECK_FALSE(schedule.update());
    CHECK_FALSE(schedule.repair());
    CHECK(schedule.sparsity() == 0.5);
  }

  TEST_CASE("settings out of range are refused: the reference takes an initial sparsity above the final one") {
    CHECK_THROWS_AS(constant({.initial = 0.9, .final = 0.1}), espalier::argument_error);
    CHECK_THROWS_AS(constant({.initial = -0.1}), espalier::argument_error);
    CHECK_THROWS_AS(constant({.final = 1.5}), espalier::argument_error);
    CHECK_THROWS_AS(constant({.step = 0}), espalier::argument_error);
    CHECK_THROWS_AS(constant({.step = std::numeric_limits<double>::quiet_NaN()}), espalier::argument_error);
  }
}
