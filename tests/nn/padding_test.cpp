// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/padding.hpp>

#include <doctest/doctest.h>

TEST_SUITE("nn") {
  TEST_CASE("images shrink or keep their size") {
    CHECK(espalier::nn::padding::valid != espalier::nn::padding::same);
  }
}
