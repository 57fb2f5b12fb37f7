// SPDX-License-Identifier: Apache-2.0
#include <espalier/tensor/tensor.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

TEST_SUITE("tensor") {
  TEST_CASE("an array of zeros has the shape that was asked for and row-major elements") {
    auto t = espalier::zeros<float, 2>({2, 3});
    REQUIRE(t.shape(0) == 2);
    REQUIRE(t.shape(1) == 3);
    const auto all = espalier::elements(t);
    REQUIRE(all.size() == 6);
    CHECK(std::count(all.begin(), all.end(), 0.0F) == 6);
    all[5] = 7;
    CHECK(t(1, 2) == 7);
    t(0, 1) = 3;
    CHECK(espalier::elements(std::as_const(t))[1] == 3);
  }

  TEST_CASE("an axis of size 0 leaves no elements") {
    auto t = espalier::zeros<double, 1>({0});
    CHECK(espalier::elements(t).empty());
  }
}
