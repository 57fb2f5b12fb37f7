// SPDX-License-Identifier: Apache-2.0
#include <espalier/mask/weight_mask.hpp>

#include <doctest/doctest.h>

#include <span>
#include <vector>

using espalier::mask::weight_mask;

TEST_SUITE("mask") {
  TEST_CASE_TEMPLATE("weights that are not kept become exactly their offset, others stay", Value, float, double) {
    std::vector<Value> kernel{1, 2, 3, 4};
    weight_mask<Value>{{1, 0, 0, 1}, {0, Value{0.25}, 0, 0}}.apply(std::span(kernel));
    CHECK(kernel == std::vector<Value>{1, Value{0.25}, 0, 4});
  }

  TEST_CASE("without offsets they become 0, even if they were not finite") {
    std::vector<double> kernel{1.0 / 0.0, -2};
    weight_mask<double>{{0, 0}, {}}.apply(std::span(kernel));
    CHECK(kernel == std::vector<double>{0, 0});
  }

  TEST_CASE("a kernel of another size is refused, and so are offsets of another size") {
    std::vector<double> kernel(3);
    CHECK_THROWS_WITH_AS((weight_mask<double>{{1, 1}, {}}.apply(std::span(kernel))),
                         "espalier::mask::weight_mask::apply: got 3 weights, expected 2, as the mask has",
                         espalier::shape_error);
    CHECK_THROWS_AS((weight_mask<double>{{1, 1, 0}, {0.5}}.apply(std::span(kernel))), espalier::shape_error);
  }
}
