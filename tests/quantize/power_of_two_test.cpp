// SPDX-License-Identifier: Apache-2.0
#include <espalier/quantize/power_of_two.hpp>

#include <doctest/doctest.h>

namespace quantize = espalier::quantize;

TEST_SUITE("quantize") {
  TEST_CASE("sizes are powers of two in the range of exponents") {
    const quantize::power_of_two q{.width = 4};  // exponents -4 to 3
    CHECK(q.value(3) == 4);
    CHECK(q.value(-0.7) == -0.5);
    CHECK(q.value(100) == 8);
    CHECK(q.value(1e-9) == 0.0625);
    CHECK(q.value(0) == 0.0625);
    CHECK((quantize::power_of_two{.width = 4, .max_value = 0.5}.value(3)) == 0.5);
  }

  TEST_CASE("settings out of range are refused") {
    CHECK_THROWS_AS((quantize::power_of_two{.width = 1}.validate()), espalier::argument_error);
    CHECK_THROWS_AS((quantize::power_of_two{.max_value = -1}.validate()), espalier::argument_error);
  }
}
