// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/gradient_kind.hpp>

#include <doctest/doctest.h>

TEST_SUITE("kernels") {
  TEST_CASE("the two kinds of sums are two") {
    CHECK(espalier::kernels::gradient_kind::plain != espalier::kernels::gradient_kind::squared);
  }
}
