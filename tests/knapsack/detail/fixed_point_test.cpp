// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/detail/fixed_point.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <limits>

using espalier::knapsack::detail::fixed_point;

TEST_SUITE("knapsack") {
  TEST_CASE("the largest value has 54 bits, and doubles within thirty binades of a float come back unchanged") {
    for (const double largest : {1.0, 3.75, 1e-300, 5e-324, 1e300, (std::numeric_limits<double>::max)()}) {
      const fixed_point scale(largest);
      CHECK(scale.round(largest) >= std::int64_t{1} << 53U);
      CHECK(scale.round(largest) < std::int64_t{1} << 54U);
      CHECK(scale.to_double(scale.round(largest)) == largest);
      CHECK(scale.round(0) == 0);
    }
    const fixed_point scale(1.9);
    for (double value = 1; value > 0x1p-29; value /= 2) {
      const auto narrow = static_cast<double>(static_cast<float>(1.7 * value));
      CHECK(scale.to_double(scale.round(narrow)) == narrow);
    }
  }

  TEST_CASE("values are rounded to the nearest multiple, ties upwards") {
    const fixed_point scale(1.0);
    CHECK(scale.round(0x1p-54) == 1);
    CHECK(scale.round(0x1p-55) == 0);
    CHECK(scale.round(0x1.8p-53) == 2);
  }

  TEST_CASE("where all values are 0 the scale is 1") {
    CHECK(fixed_point(0.0).round(0.0) == 0);
  }
}
