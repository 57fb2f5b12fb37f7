// SPDX-License-Identifier: Apache-2.0
#include <espalier/base/view_of.hpp>

#include <doctest/doctest.h>

#include <span>
#include <vector>

TEST_SUITE("base") {
  TEST_CASE("a view of a vector is its elements, not a copy") {
    std::vector<int> numbers{3, 1, 2};
    const std::span<const int> view = espalier::view_of(numbers);
    CHECK(view.size() == 3);
    CHECK(view.data() == numbers.data());
    numbers[1] = 7;
    CHECK(view[1] == 7);
    CHECK(espalier::view_of(std::vector<int>()).empty());
  }
}
