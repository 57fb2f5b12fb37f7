// SPDX-License-Identifier: Apache-2.0
#include <espalier/base/extents.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <limits>

using espalier::extents;

TEST_SUITE("base") {
  TEST_CASE("a shape knows its axes, its size and its text") {
    const extents shape{5, 5, 1, 6};
    CHECK(shape.rank() == 4);
    CHECK(shape.size() == 150);
    CHECK(shape[0] == 5);
    CHECK(shape.back() == 6);
    CHECK(to_string(shape) == "(5, 5, 1, 6)");
  }

  TEST_CASE("a shape without axes holds one element") {
    CHECK(extents{}.size() == 1);
    CHECK(extents{}.back() == 1);
    CHECK(to_string(extents{}) == "()");
  }

  TEST_CASE("shapes are equal when rank and sizes are") {
    CHECK(extents{2, 3} == extents{2, 3});
    CHECK_FALSE(extents{2, 3} == extents{3, 2});
    CHECK_FALSE(extents{2} == extents{2, 1});
  }

  TEST_CASE("rank 5 is refused by name") {
    const std::array<std::size_t, 5> sizes{1, 2, 3, 4, 5};
    CHECK_THROWS_WITH_AS(extents{std::span<const std::size_t>(sizes)},
                         "espalier::base::extents: got 5 axes, expected at most 4 axes", espalier::shape_error);
  }

  TEST_CASE("a shape with too many elements to count is refused") {
    constexpr std::size_t half = (std::numeric_limits<std::size_t>::max)() / 2;
    CHECK_THROWS_AS((extents{half, 3}), espalier::shape_error);
  }
}
