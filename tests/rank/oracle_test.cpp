// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/oracle.hpp>

#include <doctest/doctest.h>

TEST_SUITE("rank") {
  TEST_CASE("the loss is |gradient times change|, whatever the signs") {
    const espalier::rank::oracle ranking;
    CHECK(ranking.cost(2, -3) == 6);
    CHECK(ranking.cost(-2, 3) == 6);
    CHECK(ranking.cost(2, 0) == 0);
    CHECK(espalier::rank::oracle::needs == espalier::rank::data::gradient);
  }
}
