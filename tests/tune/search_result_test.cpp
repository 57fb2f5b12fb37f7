// SPDX-License-Identifier: Apache-2.0
#include <espalier/tune/search_result.hpp>

#include <doctest/doctest.h>

TEST_SUITE("tune") {
  TEST_CASE("attempts are plain values that can be kept and compared") {
    const espalier::tune::trial one{{1, 2}, 3, 0.5};
    espalier::tune::trial other = one;
    CHECK(one == other);
    other.point[1] = 2.5;
    CHECK(one != other);
    CHECK(espalier::tune::search_result{}.complete);
  }
}
