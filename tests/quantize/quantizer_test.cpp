// SPDX-License-Identifier: Apache-2.0
#include <espalier/quantize/quantizer.hpp>

#include <doctest/doctest.h>

#include <cmath>

namespace quantize = espalier::quantize;

TEST_SUITE("quantize") {
  TEST_CASE("a user's own class is a quantizer if it gives values, slopes and a check") {
    struct halves {
      [[nodiscard]] double value(double x) const { return std::floor(2 * x) / 2; }
      [[nodiscard]] double slope(double) const { return 1; }
      void validate() const {}
    };
    CHECK(quantize::quantizer<halves>);
    CHECK_FALSE(quantize::quantizer<int>);
  }
}
