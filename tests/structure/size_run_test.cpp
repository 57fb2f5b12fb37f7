// SPDX-License-Identifier: Apache-2.0
#include <espalier/structure/size_run.hpp>

#include <doctest/doctest.h>

using espalier::structure::size_run;

TEST_SUITE("structure") {
  TEST_CASE("groups can go unless said otherwise, and runs are equal when all their numbers are") {
    const size_run run{3, 4, 1};
    CHECK(run.removable);
    CHECK(run == size_run{3, 4, 1, true});
    CHECK_FALSE(run == size_run{3, 4, 1, false});
    CHECK_FALSE(run == size_run{3, 4, 0, true});
  }
}
