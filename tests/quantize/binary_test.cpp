// SPDX-License-Identifier: Apache-2.0
#include <espalier/quantize/binary.hpp>

#include <doctest/doctest.h>

namespace quantize = espalier::quantize;

TEST_SUITE("quantize") {
  TEST_CASE("numbers become their sign, and gradients fade if asked for") {
    const quantize::binary q{.alpha = 0.5};
    CHECK(q.value(0) == 0.5);
    CHECK(q.value(-0.1) == -0.5);
    CHECK((quantize::binary{.use_01 = true}.value(-3)) == 0);
    CHECK(q.slope(3) == 1);
    CHECK((quantize::binary{.soft = true}.slope(0)) == 1);
    CHECK((quantize::binary{.soft = true}.slope(3)) < 0.01);
  }

  TEST_CASE("a factor that is not finite is refused") {
    CHECK_THROWS_AS((quantize::binary{.alpha = 1.0 / 0.0}.validate()), espalier::argument_error);
  }
}
