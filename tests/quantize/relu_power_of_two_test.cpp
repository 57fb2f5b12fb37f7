// SPDX-License-Identifier: Apache-2.0
#include <espalier/quantize/relu_power_of_two.hpp>

#include <doctest/doctest.h>

#include <cmath>

namespace quantize = espalier::quantize;

TEST_SUITE("quantize") {
  TEST_CASE("outputs are powers of two, never 0, and gradients pass as through a rectifier") {
    const quantize::relu_power_of_two q{.width = 3, .max_value = 4};
    CHECK(q.value(3) == 4);
    CHECK(q.value(100) == 4);
    CHECK(q.value(0.1) == 0.125);
    CHECK(q.value(-7) == 0.0625);
    CHECK(q.slope(4) == 1);
    CHECK(q.slope(4.5) == 0);
    CHECK(q.slope(-1) == 0);
    const quantize::relu_power_of_two leaky{.width = 4, .negative_slope = 0.25};
    CHECK(leaky.value(-16) == -4);
    CHECK(leaky.value(0) == std::exp2(-8));
    CHECK(leaky.slope(-16) == 0.25);
  }

  TEST_CASE("settings out of range are refused") {
    CHECK_THROWS_AS((quantize::relu_power_of_two{.width = 0}.validate()), espalier::argument_error);
    CHECK_THROWS_AS((quantize::relu_power_of_two{.max_value = -1}.validate()), espalier::argument_error);
    CHECK_THROWS_AS((quantize::relu_power_of_two{.negative_slope = -1}.validate()), espalier::argument_error);
    CHECK_NOTHROW((quantize::relu_power_of_two{}.validate()));
  }
}
