// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/fisher.hpp>

#include <doctest/doctest.h>

TEST_SUITE("rank") {
  TEST_CASE("the loss is F d^2 / 2") {
    const espalier::rank::fisher ranking;
    CHECK(ranking.cost(-3, 4) == 18);
    CHECK(ranking.finish(18) == 18);
    CHECK(espalier::rank::fisher::needs == espalier::rank::data::fisher);
  }
}
