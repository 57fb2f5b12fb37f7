// SPDX-License-Identifier: Apache-2.0
#include <espalier/quantize/relu_bits.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace quantize = espalier::quantize;

TEST_SUITE("quantize") {
  TEST_CASE("positive numbers are evenly spaced up to the largest, others are 0 or follow the slope") {
    const quantize::relu_bits q{.width = 3, .integer = 1};
    CHECK(q.value(0.3) == 0.25);
    CHECK(q.value(0.375) == 0.5);  // a half goes to the even multiple
    CHECK(q.value(9) == 1.75);
    CHECK(q.value(-9) == 0);
    CHECK_FALSE(std::signbit(q.value(-9)));
    CHECK(q.slope(1.75) == 1);
    CHECK(q.slope(1.76) == 0);
    CHECK(q.slope(0) == 0);
    CHECK((quantize::relu_bits{.width = 3, .integer = 1, .stops_gradient = false}.slope(9)) == 1);
    CHECK((quantize::relu_bits{.width = 3, .integer = 1, .max_value = 1, .stops_gradient = false}.slope(9)) == 0);
    const quantize::relu_bits leaky{.width = 4, .integer = 1, .negative_slope = 0.5};
    CHECK(leaky.value(9) == 1.75);
    CHECK(leaky.value(-0.5) == -0.25);
    CHECK(leaky.value(-9) == -1);
    CHECK(leaky.slope(0) == 0.5);
    CHECK((quantize::relu_bits{.width = 3, .integer = 1, .max_value = 1}.value(9)) == 1);
    CHECK(std::isnan(q.value(std::numeric_limits<double>::quiet_NaN())));
  }

  TEST_CASE("settings of a rectifier that are out of range are refused") {
    CHECK_THROWS_AS((quantize::relu_bits{.width = 0}.validate()), espalier::argument_error);
    CHECK_THROWS_AS((quantize::relu_bits{.width = 1, .negative_slope = 0.5}.validate()), espalier::argument_error);
    CHECK_THROWS_AS((quantize::relu_bits{.negative_slope = -1}.validate()), espalier::argument_error);
    CHECK_THROWS_AS((quantize::relu_bits{.max_value = 0}.validate()), espalier::argument_error);
  }
}
