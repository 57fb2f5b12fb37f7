// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/layer_sum.hpp>

#include <doctest/doctest.h>

#include <vector>

TEST_SUITE("rank") {
  TEST_CASE("every loss is divided by the sum of the layer") {
    CHECK(espalier::rank::layer_sum{}(std::vector<double>{1, 4, 3}) == 8);
    CHECK(espalier::rank::layer_sum{}({}) == 0);
  }
}
