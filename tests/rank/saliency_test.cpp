// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/saliency.hpp>

#include <doctest/doctest.h>

TEST_SUITE("rank") {
  TEST_CASE("the reference forgets the half and lets negative curvature count as positive: h d^2 / 2, negative is 0") {
    const espalier::rank::saliency ranking;
    CHECK(ranking.cost(3, 4) == 18);
    CHECK(ranking.cost(-3, 4) == 18);
    CHECK(ranking.cost(3, -4) == 0);
    CHECK(espalier::rank::saliency::needs == espalier::rank::data::curvature);
  }

  TEST_CASE("the loss is the second-order change of a quadratic function at its minimum") {
    // f(w) = 1.5 (w - 2)^2, at w = 2: removing w changes f by 6; the Hessian is 3.
    CHECK(espalier::rank::saliency{}.cost(-2, 3) == 1.5 * 4);
  }
}
