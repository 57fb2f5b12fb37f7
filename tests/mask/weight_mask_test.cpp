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

  TEST_CASE("weights that are trained as one become the first of them wherever they were led, and so do the offsets") {
    std::vector<double> kernel{1, 2, 3, 4, 5, 6};
    weight_mask<double> shared{{1, 0, 0, 0, 0, 0}, {0, 7, 8, 7, 8, 0.5}, {0, 4'000'000'000, 2, 4'000'000'000, 2, 0}};
    shared.follow(std::span(kernel));
    CHECK(kernel == std::vector<double>{1, 2, 3, 2, 3, 0.5});
    CHECK(shared.offset == std::vector<double>{0, 2, 3, 2, 3, 0.5});
    kernel.assign(6, 9);
    shared.apply(std::span(kernel));
    CHECK(kernel == std::vector<double>{9, 2, 3, 2, 3, 0.5});
    weight_mask<double> without_offsets{{0, 0, 1}, {}, {1, 1, 0}};
    kernel = {5, 6, 7};
    without_offsets.follow(std::span(kernel));
    CHECK(kernel == std::vector<double>{5, 5, 7});
    weight_mask<double> held{{0, 0, 1}, {1, 2, 0}};
    held.follow(std::span(kernel));
    CHECK(kernel == std::vector<double>{1, 2, 7});
    held.trained_as_one = {1};
    CHECK_THROWS_WITH_AS(
        held.follow(std::span(kernel)),
        "espalier::mask::weight_mask::apply: got 1 group numbers, expected none, or 3, as the mask has",
        espalier::shape_error);
    held.trained_as_one = {1, 1, 0};
    CHECK_THROWS_AS(held.follow(std::span(kernel).first(2)), espalier::shape_error);
  }

  TEST_CASE("a kernel of another size is refused, and so are offsets of another size") {
    std::vector<double> kernel(3);
    CHECK_THROWS_WITH_AS((weight_mask<double>{{1, 1}, {}}.apply(std::span(kernel))),
                         "espalier::mask::weight_mask::apply: got 3 weights, expected 2, as the mask has",
                         espalier::shape_error);
    CHECK_THROWS_AS((weight_mask<double>{{1, 1, 0}, {0.5}}.apply(std::span(kernel))), espalier::shape_error);
  }
}
