// SPDX-License-Identifier: Apache-2.0
#include <espalier/optim/polynomial_rate.hpp>

#include <doctest/doctest.h>

namespace optim = espalier::optim;

TEST_SUITE("optim") {
  TEST_CASE("a polynomial rate goes from its first value to its last") {
    const optim::polynomial_rate line{.initial = 1, .final_rate = 0.2, .power = 1};
    CHECK(line(0, 10) == 1);
    CHECK(line(5, 10) == doctest::Approx(0.6));
    CHECK(line(10, 10) == doctest::Approx(0.2));
    const optim::polynomial_rate curve{.initial = 1, .final_rate = 0, .power = 2};
    CHECK(curve(5, 10) == doctest::Approx(0.25));
  }
}
