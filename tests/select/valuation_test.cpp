// SPDX-License-Identifier: Apache-2.0
#include <espalier/select/valuation.hpp>

#include <doctest/doctest.h>

#include <espalier/rank/l1.hpp>
#include <espalier/rank/lamp.hpp>
#include <espalier/rank/random.hpp>

namespace choose = espalier::select;
namespace rank = espalier::rank;

TEST_SUITE("select") {
  TEST_CASE("a valuation holds a ranking with its settings, and a normalization") {
    const choose::valuation<rank::random, rank::lamp> by_chance{.ranking = {.seed = 7}};
    CHECK(by_chance.ranking.seed == 7);
    CHECK(choose::valuation<rank::l1, rank::lamp>{}.ranking.cost(-2, 0) == 2);
  }
}
