// SPDX-License-Identifier: Apache-2.0
#include <espalier/optim/constant_rate.hpp>

#include <doctest/doctest.h>

TEST_SUITE("optim") {
  TEST_CASE("a constant rate stays") {
    const espalier::optim::constant_rate rate{0.3};
    CHECK(rate(0, 10) == 0.3);
    CHECK(rate(9, 10) == 0.3);
  }
}
