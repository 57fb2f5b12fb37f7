// SPDX-License-Identifier: Apache-2.0
#include <espalier/schedule/schedule.hpp>

#include <doctest/doctest.h>

namespace {

/// A user's own schedule in a few lines: two targets, then the end.
struct two_targets {
  double target = 0.5;
  [[nodiscard]] double sparsity() const { return target; }
  bool update() {
    const bool moved = target < 0.9;
    target = 0.9;
    return moved;
  }
  bool repair() { return false; }
};
static_assert(espalier::schedule::schedule<two_targets>);

struct says_nothing {
  [[nodiscard]] double sparsity() const { return 0.5; }
  void update() {}
  void repair() {}
};
static_assert(!espalier::schedule::schedule<says_nothing>);
static_assert(!espalier::schedule::schedule<double>);

}  // namespace

TEST_SUITE("schedule") {
  TEST_CASE("a user's own type with the three members is a schedule") {
    two_targets own;
    CHECK(own.update());
    CHECK_FALSE(own.update());
    CHECK_FALSE(own.repair());
    CHECK(own.sparsity() == 0.9);
  }
}
