// SPDX-License-Identifier: Apache-2.0
#include <espalier/schedule/geometric.hpp>

#include <doctest/doctest.h>

#include <vector>

using espalier::schedule::geometric;

TEST_SUITE("schedule") {
  TEST_CASE("every level keeps the same share of what the one before kept, down to the final one and no further") {
    geometric schedule({.initial = 0, .final = 0.9, .ratio = 0.5});
    std::vector<double> kept{1 - schedule.sparsity()};
    while (schedule.update()) {
      kept.push_back(1 - schedule.sparsity());
    }
    const std::vector<double> expected{1, 0.5, 0.25, 0.125, 0.1};
    REQUIRE(kept.size() == expected.size());
    for (std::size_t i = 0; i < kept.size(); ++i) {
      CHECK(kept[i] == doctest::Approx(expected[i]));
    }
    CHECK_FALSE(schedule.update());
    CHECK(schedule.sparsity() == doctest::Approx(0.9));
  }

  TEST_CASE("an edge between good and bad is found to within the ratio asked for") {
    for (const double edge : {0.99, 0.7, 0.31, 0.124, 0.02}) {
      geometric schedule({.final = 0.999, .ratio = 0.5, .closest = 0.95});
      double good = 1;
      double bad = 0;
      int levels = 0;
      bool moved = true;
      while (moved) {
        REQUIRE(++levels < 60);
        const double kept = 1 - schedule.sparsity();
        CHECK((kept >= bad * (1 - 1e-12) && kept <= good));
        if (kept >= edge) {
          good = kept;
          moved = schedule.update();
        } else {
          bad = kept;
          moved = schedule.repair();
        }
      }
      CHECK(good >= edge);
      CHECK(bad < edge);
      CHECK(bad >= 0.95 * good);
    }
  }

  TEST_CASE("a target that failed is tried again from closer by") {
    geometric schedule({.initial = 0.36, .ratio = 0.36, .closest = 0.9});
    REQUIRE(schedule.update());
    const double failed = schedule.sparsity();
    REQUIRE(schedule.repair());
    CHECK(1 - schedule.sparsity() == doctest::Approx(0.64 * 0.6));
    REQUIRE(schedule.update());
    CHECK(schedule.sparsity() == doctest::Approx(failed));
    REQUIRE(schedule.update());
    CHECK(1 - schedule.sparsity() == doctest::Approx(0.64 * 0.6 * 0.6 * 0.6));
  }

  TEST_CASE("if the first level fails, the next one lies between it and the dense network") {
    geometric schedule({.initial = 0.75, .ratio = 0.5});
    REQUIRE(schedule.repair());
    CHECK(schedule.sparsity() == doctest::Approx(0.5));
  }

  TEST_CASE("an initial sparsity that is the final one does not move") {
    geometric schedule({.initial = 0.5, .final = 0.5});
    CHECK_FALSE(schedule.update());
  }

  TEST_CASE("settings out of range are refused") {
    CHECK_THROWS_AS(geometric({.initial = -0.1}), espalier::argument_error);
    CHECK_THROWS_AS(geometric({.initial = 0.6, .final = 0.5}), espalier::argument_error);
    CHECK_THROWS_AS(geometric({.final = 1}), espalier::argument_error);
    CHECK_THROWS_AS(geometric({.ratio = 0}), espalier::argument_error);
    CHECK_THROWS_AS(geometric({.ratio = 0.95, .closest = 0.9}), espalier::argument_error);
    CHECK_THROWS_AS(geometric({.closest = 1}), espalier::argument_error);
  }
}
