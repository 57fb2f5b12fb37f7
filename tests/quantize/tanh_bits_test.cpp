// SPDX-License-Identifier: Apache-2.0
#include <espalier/quantize/tanh_bits.hpp>

#include <doctest/doctest.h>

#include <cmath>

namespace quantize = espalier::quantize;

TEST_SUITE("quantize") {
  TEST_CASE("numbers from -1 to 1 are rounded, by a straight line or by the curve") {
    const quantize::tanh_bits q{.width = 3};
    CHECK(q.value(0.3) == 0.25);
    CHECK(q.value(-9) == -1);
    CHECK(q.value(9) == 0.75);
    CHECK(q.slope(0.3) == 1);
    CHECK(q.slope(0.95) == 0);
    CHECK((quantize::tanh_bits{.width = 3, .symmetric = true}.value(-9)) == -0.75);
    const quantize::tanh_bits curved{.width = 3, .exact = true};
    CHECK(curved.value(0.7) == 0.5);
    CHECK(curved.slope(0.7) == doctest::Approx(1 - std::tanh(0.7) * std::tanh(0.7)));
  }

  TEST_CASE("a width out of range is refused") {
    CHECK_THROWS_WITH_AS((quantize::tanh_bits{.width = 1}.validate()),
                         "espalier::quantize::tanh_bits: got 1 bits, expected 2 to 32", espalier::argument_error);
  }
}
