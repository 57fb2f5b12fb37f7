// SPDX-License-Identifier: Apache-2.0
#include <espalier/base/errors.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <type_traits>

TEST_SUITE("base") {
  TEST_CASE("a message says who, what came and what was expected") {
    CHECK(espalier::error_message("knapsack::solve", "3 weights", "6") ==
          "espalier::knapsack::solve: got 3 weights, expected 6");
  }

  TEST_CASE("every exception can be caught as a standard one") {
    CHECK(std::is_base_of_v<std::invalid_argument, espalier::argument_error>);
    CHECK(std::is_base_of_v<std::invalid_argument, espalier::shape_error>);
    CHECK(std::is_base_of_v<std::runtime_error, espalier::parse_error>);
    CHECK(std::is_base_of_v<std::runtime_error, espalier::file_error>);
    CHECK(std::is_base_of_v<std::runtime_error, espalier::numeric_error>);
  }
}
