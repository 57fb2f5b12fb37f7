// SPDX-License-Identifier: Apache-2.0
#include <espalier/schedule/exponential.hpp>

#include <doctest/doctest.h>

using espalier::schedule::exponential;

TEST_SUITE("schedule") {
  TEST_CASE("every level keeps the same share of the one before, and the last is exactly the final one") {
    exponential schedule({.initial = 0.2, .final = 0.95, .steps = 6});
    double kept = 1 - schedule.sparsity();
    CHECK(kept == 0.8);
    double share = 0;
    int moves = 0;
    while (schedule.update()) {
      const double now = (1 - schedule.sparsity()) / kept;
      CHECK((moves == 0 || now == doctest::Approx(share)));
      share = now;
      kept = 1 - schedule.sparsity();
      ++moves;
    }
    CHECK(moves == 6);
    CHECK(schedule.sparsity() == 0.95);
  }

  TEST_CASE("after failure it moves on, and where nothing changes it says that it did not move") {
    exponential schedule({.steps = 2});
    CHECK(schedule.repair());
    CHECK(schedule.sparsity() > 0.5);
    exponential still({.initial = 0.5, .final = 0.5});
    CHECK_FALSE(still.update());
    CHECK(still.sparsity() == 0.5);
  }

  TEST_CASE("settings out of range are refused") {
    CHECK_THROWS_AS(exponential({.initial = 0.9, .final = 0.1}), espalier::argument_error);
    CHECK_THROWS_AS(exponential({.initial = -0.1}), espalier::argument_error);
    CHECK_THROWS_AS(exponential({.final = 1}), espalier::argument_error);
    CHECK_THROWS_AS(exponential({.steps = 0}), espalier::argument_error);
  }
}
