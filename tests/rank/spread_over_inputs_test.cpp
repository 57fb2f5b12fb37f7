// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/spread_over_inputs.hpp>

#include <doctest/doctest.h>

#include <span>
#include <vector>

namespace rank = espalier::rank;

TEST_SUITE("rank") {
  TEST_CASE_TEMPLATE("every weight has the number of the channel, or of the matrix row, that it reads", Value, float,
                     double) {
    const std::vector<Value> channels{1, 2};
    CHECK(rank::spread_over_inputs<Value>({2, 3}, std::span<const Value>(channels)) ==
          std::vector<Value>{1, 1, 1, 2, 2, 2});
    CHECK(rank::spread_over_inputs<Value>({2, 2, 1}, std::span<const Value>(channels)) ==
          std::vector<Value>{1, 2, 1, 2});
    const std::vector<Value> rows{1, 2, 3, 4};
    CHECK(rank::spread_over_inputs<Value>({2, 2, 1}, std::span<const Value>(rows)) == rows);
  }

  TEST_CASE("another number of numbers is refused") {
    const std::vector<double> three(3);
    CHECK_THROWS_WITH_AS(
        static_cast<void>(rank::spread_over_inputs<double>({2, 2, 1}, std::span<const double>(three))),
        "espalier::rank::spread_over_inputs: got 3 numbers for a kernel of shape (2, 2, 1), expected 2 "
        "or 4",
        espalier::shape_error);
  }
}
