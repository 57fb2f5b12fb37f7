// SPDX-License-Identifier: Apache-2.0
#include <espalier/base/errors.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include <espalier/base/extents.hpp>

TEST_SUITE("base") {
  TEST_CASE("a message says who, what came and what was expected") {
    const std::string message = espalier::error_message("knapsack::solve", "3 weights", "6");
    CHECK(message == "espalier::knapsack::solve: got 3 weights, expected 6");
  }

  TEST_CASE("an error says what it is made of, part by part") {
    const std::string name = "dense_1";
    const auto refuse = [&] {
      espalier::reject<espalier::shape_error>(
          "nn::" + name,
          {std::size_t{3}, " weights of ", espalier::extents{2, 5}, std::string_view(" in '"), name, "'"},
          {std::uint8_t{6}, ", or ", 0.5});
    };
    CHECK_THROWS_WITH_AS(refuse(),
                         "espalier::nn::dense_1: got 3 weights of (2, 5) in 'dense_1', expected 6, or 0.500000",
                         espalier::shape_error);
  }

  TEST_CASE("every exception can be caught as a standard one") {
    CHECK(std::is_base_of_v<std::invalid_argument, espalier::argument_error>);
    CHECK(std::is_base_of_v<std::invalid_argument, espalier::shape_error>);
    CHECK(std::is_base_of_v<std::runtime_error, espalier::parse_error>);
    CHECK(std::is_base_of_v<std::runtime_error, espalier::file_error>);
    CHECK(std::is_base_of_v<std::runtime_error, espalier::numeric_error>);
  }
}
