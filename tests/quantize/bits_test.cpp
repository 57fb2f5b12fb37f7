// SPDX-License-Identifier: Apache-2.0
#include <espalier/quantize/bits.hpp>

#include <doctest/doctest.h>

namespace quantize = espalier::quantize;

TEST_SUITE("quantize") {
  TEST_CASE("numbers are evenly spaced and symmetric if asked for") {
    const quantize::bits q{.width = 4, .integer = 1};
    CHECK(q.value(0.3) == 0.25);
    CHECK(q.value(0.375) == 0.5);  // a half goes to the even multiple
    CHECK(q.value(9) == 1.75);
    CHECK(q.value(-9) == -2);
    CHECK((quantize::bits{.width = 4, .integer = 1, .symmetric = true}.value(-9)) == -1.75);
    CHECK((quantize::bits{.width = 4, .integer = 1, .keep_negative = false}.value(-9)) == 0);
    CHECK((quantize::bits{.width = 1, .alpha = 0.5}.value(0)) == 0.5);
    CHECK(q.slope(100) == 1);
  }

  TEST_CASE("settings out of range are refused") {
    CHECK_THROWS_AS((quantize::bits{.width = 0}.validate()), espalier::argument_error);
    CHECK_THROWS_AS((quantize::bits{.alpha = 1.0 / 0.0}.validate()), espalier::argument_error);
  }
}
