// SPDX-License-Identifier: Apache-2.0
#include <espalier/mask/action.hpp>

#include <doctest/doctest.h>

TEST_SUITE("mask") {
  TEST_CASE("a group is kept unless decided otherwise") {
    CHECK(espalier::mask::action{} == espalier::mask::action::keep);
  }
}
