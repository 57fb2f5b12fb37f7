// SPDX-License-Identifier: Apache-2.0
#include <espalier/optim/exponential_rate.hpp>

#include <doctest/doctest.h>

#include <cmath>

namespace optim = espalier::optim;

TEST_SUITE("optim") {
  TEST_CASE("an exponential rate halves in each period, at once or bit by bit") {
    const optim::exponential_rate smooth{.initial = 8, .factor = 0.5, .period = 10};
    CHECK(smooth(0, 100) == 8);
    CHECK(smooth(10, 100) == doctest::Approx(4));
    CHECK(smooth(5, 100) == doctest::Approx(8 / std::sqrt(2)));
    const optim::exponential_rate stairs{.initial = 8, .factor = 0.5, .period = 10, .staircase = true};
    CHECK(stairs(9, 100) == 8);
    CHECK(stairs(10, 100) == 4);
    CHECK(stairs(29, 100) == 2);
  }
}
