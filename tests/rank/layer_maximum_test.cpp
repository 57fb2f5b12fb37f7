// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/layer_maximum.hpp>

#include <doctest/doctest.h>

#include <vector>

TEST_SUITE("rank") {
  TEST_CASE("every loss is divided by the largest: the reference leaves patterns out") {
    const std::vector<double> losses{1, 4, 2};
    CHECK(espalier::rank::layer_maximum{}(losses) == 4);
    CHECK_FALSE(espalier::rank::layer_maximum::additive);
  }

  TEST_CASE("a layer of zeros, or without groups, has divisor 0, which makes its losses 0") {
    CHECK(espalier::rank::layer_maximum{}(std::vector<double>{0, 0}) == 0);
    CHECK(espalier::rank::layer_maximum{}({}) == 0);
  }
}
