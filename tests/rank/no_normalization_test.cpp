// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/no_normalization.hpp>

#include <doctest/doctest.h>

#include <vector>

TEST_SUITE("rank") {
  TEST_CASE("losses stay as they are") {
    CHECK(espalier::rank::no_normalization{}(std::vector<double>{3, 0}) == 1);
  }
}
