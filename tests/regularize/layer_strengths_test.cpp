// SPDX-License-Identifier: Apache-2.0
#include <espalier/regularize/layer_strengths.hpp>

#include <doctest/doctest.h>

TEST_SUITE("regularize") {
  TEST_CASE("strengths are for all layers and none unless said") {
    const espalier::regularize::layer_strengths strengths;
    CHECK(strengths.layer.empty());
    CHECK(strengths.strengths.alpha == 0);
    CHECK(strengths.strengths.beta == 0);
  }
}
