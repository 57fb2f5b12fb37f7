// SPDX-License-Identifier: Apache-2.0
#include <espalier/schedule/binary.hpp>

#include <doctest/doctest.h>

using espalier::schedule::binary;

TEST_SUITE("schedule") {
  TEST_CASE("it goes half-way up after success and half-way back after failure") {
    binary schedule({.initial = 0, .final = 1, .threshold = 0.1});
    CHECK(schedule.update());
    CHECK(schedule.sparsity() == 0.5);
    CHECK(schedule.repair());
    CHECK(schedule.sparsity() == 0.25);
    CHECK(schedule.update());
    CHECK(schedule.sparsity() == 0.375);
  }

  TEST_CASE("the edge between good and bad is found to within the threshold") {
    for (const double edge : {0.013, 0.2, 0.5, 0.77, 0.999}) {
      binary schedule({.threshold = 0.001});
      double good = 0;
      bool moved = schedule.update();
      for (int levels = 0; moved; ++levels) {
        REQUIRE(levels < 20);
        const bool is_good = schedule.sparsity() <= edge;
        good = is_good ? schedule.sparsity() : good;
        moved = is_good ? schedule.update() : schedule.repair();
      }
      CHECK(good <= edge);
      CHECK(edge - good < 0.001);
    }
  }

  TEST_CASE("the reference loses a level to drift: 0.8 down to 0.2 is three levels up") {
    binary schedule({.initial = 0, .final = 0.8, .threshold = 0.2});
    int moves = 0;
    while (schedule.update()) {
      ++moves;
    }
    CHECK(moves == 3);
    CHECK(schedule.sparsity() == doctest::Approx(0.7));
  }

  TEST_CASE("an interval without a width does not move") {
    binary schedule({.initial = 0.5, .final = 0.5, .threshold = 1e-12});
    CHECK_FALSE(schedule.update());
    CHECK_FALSE(schedule.repair());
    CHECK(schedule.sparsity() == 0.5);
  }

  TEST_CASE("settings out of range are refused") {
    CHECK_THROWS_AS(binary({.initial = 0.9, .final = 0.1}), espalier::argument_error);
    CHECK_THROWS_AS(binary({.initial = -0.1}), espalier::argument_error);
    CHECK_THROWS_AS(binary({.final = 1.5}), espalier::argument_error);
    CHECK_THROWS_AS(binary({.threshold = 0}), espalier::argument_error);
  }
}
