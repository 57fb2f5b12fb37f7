// SPDX-License-Identifier: Apache-2.0
#include <espalier/quantize/sigmoid_bits.hpp>

#include <doctest/doctest.h>

namespace quantize = espalier::quantize;

TEST_SUITE("quantize") {
  TEST_CASE("numbers from 0 to 1 are rounded, by a straight line or by the curve") {
    const quantize::sigmoid_bits q{.width = 2};
    CHECK(q.value(0) == 0.5);
    CHECK(q.value(-9) == 0);
    CHECK(q.value(9) == 0.75);
    CHECK(q.slope(0) == 0.5);
    CHECK(q.slope(9) == 0);
    CHECK((quantize::sigmoid_bits{.width = 2, .symmetric = true}.value(-9)) == 0.25);
    const quantize::sigmoid_bits curved{.width = 2, .exact = true};
    CHECK(curved.value(-1) == 0.25);
    CHECK(curved.slope(0) == 0.25);
  }

  TEST_CASE("a width out of range is refused") {
    CHECK_THROWS_WITH_AS((quantize::sigmoid_bits{.width = 33}.validate()),
                         "espalier::quantize::sigmoid_bits: got 33 bits, expected 1 to 32", espalier::argument_error);
  }
}
