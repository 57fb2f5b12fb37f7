// SPDX-License-Identifier: Apache-2.0
#include <espalier/quantize/ternary.hpp>

#include <doctest/doctest.h>

namespace quantize = espalier::quantize;

TEST_SUITE("quantize") {
  TEST_CASE("small numbers become 0, others their sign") {
    const quantize::ternary q{.alpha = 2, .threshold = 0.5};
    CHECK(q.value(0.49) == 0);
    CHECK(q.value(0.5) == 2);
    CHECK(q.value(-0.5) == -2);
    CHECK(q.slope(3) == 1);
    CHECK((quantize::ternary{.soft = true}.slope(3)) < 0.01);
  }

  TEST_CASE("settings out of range are refused") {
    CHECK_THROWS_AS((quantize::ternary{.threshold = 0}.validate()), espalier::argument_error);
  }
}
