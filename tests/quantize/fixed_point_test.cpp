// SPDX-License-Identifier: Apache-2.0
#include <espalier/quantize/fixed_point.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

namespace quantize = espalier::quantize;

TEST_SUITE("quantize") {
  TEST_CASE("numbers are multiples of the last bit inside the range, and stay if they are already") {
    const quantize::fixed_point q{.width = 5, .integer = 2};
    for (int i = -300; i <= 300; ++i) {
      const double x = 0.01 * i;
      const double y = q.value(x);
      CHECK(y * 8 == std::floor(y * 8));
      CHECK(y >= -2);
      CHECK(y <= 1.875);
      CHECK(std::abs(y - (std::min)(1.875, (std::max)(-2.0, x))) <= 0.0625);
      CHECK(q.value(y) == y);
    }
  }

  TEST_CASE("halves go where the rounding says") {
    const auto at = [](quantize::rounding r, double x) {
      return quantize::fixed_point{.width = 8, .integer = 8, .rounding = r}.value(x);
    };
    CHECK(at(quantize::rounding::down, -1.5) == -2);
    CHECK(at(quantize::rounding::to_zero, -1.5) == -1);
    CHECK(at(quantize::rounding::half_up, -1.5) == -1);
    CHECK(at(quantize::rounding::half_to_even, 2.5) == 2);
    CHECK(at(quantize::rounding::half_from_zero, -2.5) == -3);
    CHECK(at(quantize::rounding::half_to_zero, -2.5) == -2);
    CHECK(at(quantize::rounding::half_down, 2.5) == 2);
  }

  TEST_CASE("what is too large overflows as the mode says") {
    const auto at = [](quantize::overflow o, double x) {
      return quantize::fixed_point{.width = 4, .integer = 4, .overflow = o}.value(x);
    };
    CHECK(at(quantize::overflow::wrap, 9) == -7);
    CHECK(at(quantize::overflow::saturate, -20) == -8);
    CHECK(at(quantize::overflow::zero, 8) == 0);
    CHECK(at(quantize::overflow::saturate_symmetric, -8) == -7);
  }

  TEST_CASE("precisions that are no plain fixed-point numbers are refused") {
    CHECK(quantize::to_fixed_point({espalier::hls::number_kind::fixed, 8, 3, false, "RND", "SAT"}).value(3.015625) ==
          3.03125);
    CHECK_THROWS_AS((void)quantize::to_fixed_point({espalier::hls::number_kind::floating, 32}),
                    espalier::argument_error);
    CHECK_THROWS_WITH_AS((quantize::fixed_point{.width = 0}.validate()),
                         "espalier::quantize::fixed_point: got 0 bits, 6 of them whole, expected 1 to 52 bits",
                         espalier::argument_error);
  }
}
