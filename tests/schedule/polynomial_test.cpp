// SPDX-License-Identifier: Apache-2.0
#include <espalier/schedule/polynomial.hpp>

#include <doctest/doctest.h>

#include <limits>

using espalier::schedule::polynomial;

TEST_SUITE("schedule") {
  TEST_CASE("level k of n is final + (initial - final)(1 - k/n)^power") {
    polynomial schedule({.initial = 0.2, .final = 0.8, .steps = 4, .power = 2});
    for (const double expected : {0.2, 0.4625, 0.65, 0.7625, 0.8}) {
      CHECK(schedule.sparsity() == doctest::Approx(expected));
      schedule.update();
    }
  }

  TEST_CASE("it ends exactly at the final value after exactly its steps, whatever the drift") {
    for (const double final : {0.3, 0.7, 0.9, 0.95, 1.0}) {
      polynomial schedule({.initial = 0.1, .final = final, .steps = 7});
      int moves = 0;
      while (schedule.update()) {
        ++moves;
      }
      CHECK(moves == 7);
      CHECK(schedule.sparsity() == final);
      CHECK_FALSE(schedule.repair());
    }
  }

  TEST_CASE("after failure it moves on, and steps only get smaller") {
    polynomial schedule({.steps = 5});
    double before = schedule.sparsity();
    double step = 1;
    while (schedule.repair()) {
      CHECK(schedule.sparsity() - before < step);
      step = schedule.sparsity() - before;
      before = schedule.sparsity();
    }
    CHECK(before == 1);
  }

  TEST_CASE("an update that changes nothing says that it did not move") {
    polynomial schedule({.initial = 0.5, .final = 0.5});
    CHECK_FALSE(schedule.update());
  }

  TEST_CASE("settings out of range are refused") {
    CHECK_THROWS_AS(polynomial({.initial = 0.9, .final = 0.1}), espalier::argument_error);
    CHECK_THROWS_AS(polynomial({.initial = -0.1}), espalier::argument_error);
    CHECK_THROWS_AS(polynomial({.final = 1.5}), espalier::argument_error);
    CHECK_THROWS_AS(polynomial({.steps = 0}), espalier::argument_error);
    CHECK_THROWS_AS(polynomial({.power = 0}), espalier::argument_error);
    CHECK_THROWS_AS(polynomial({.power = std::numeric_limits<double>::infinity()}), espalier::argument_error);
  }
}
