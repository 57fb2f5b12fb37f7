// SPDX-License-Identifier: Apache-2.0
#include <espalier/hls/reuse_factor.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include <espalier/base/random_generator.hpp>

namespace hls = espalier::hls;

namespace {

/// hls4ml's three conditions, written out in floating-point-free arithmetic, for one factor.
bool valid_by_definition(std::uint64_t inputs, std::uint64_t outputs, std::uint64_t factor) {
  const std::uint64_t in_turn = factor < inputs ? factor : inputs;
  std::uint64_t limit = inputs * outputs / in_turn;
  limit += inputs * outputs % in_turn == 0 ? std::uint64_t{0} : std::uint64_t{1};
  return (limit % outputs == 0 || factor >= inputs) && (factor % inputs == 0 || factor < inputs) &&
         inputs * outputs % factor == 0;
}

}  // namespace

TEST_SUITE("hls") {
  TEST_CASE("the valid factors are all that satisfy hls4ml's conditions, ascending") {
    for (std::uint64_t inputs = 1; inputs <= 24; ++inputs) {
      for (std::uint64_t outputs = 1; outputs <= 24; ++outputs) {
        std::vector<std::uint64_t> expected;
        for (std::uint64_t factor = 1; factor <= inputs * outputs; ++factor) {
          if (valid_by_definition(inputs, outputs, factor)) {
            expected.push_back(factor);
          }
        }
        CHECK(hls::valid_reuse_factors({inputs, outputs}) == expected);
      }
    }
  }

  TEST_CASE("a Conv2D counts height, width and channels as inputs: the reference forgets the channels") {
    // 3x3 of 4 channels and 6 filters: 36 inputs. With 9 inputs 27 would be valid and 36 would not.
    const auto factors = hls::valid_reuse_factors({36, 6});
    CHECK(factors == std::vector<std::uint64_t>{1, 2, 3, 4, 6, 9, 12, 18, 36, 72, 108, 216});
    CHECK_FALSE(hls::is_valid_reuse_factor({36, 6}, 27));
    CHECK(hls::is_valid_reuse_factor({9, 6}, 27));
  }

  TEST_CASE("the closest factor is the nearest valid one, the smaller of two equally near") {
    const std::vector<std::uint64_t> factors{1, 2, 4, 8};
    CHECK(hls::closest_reuse_factor(factors, 2) == 2);
    CHECK(hls::closest_reuse_factor(factors, 3) == 2);
    CHECK(hls::closest_reuse_factor(factors, 5) == 4);
    CHECK(hls::closest_reuse_factor(factors, 6) == 4);
    CHECK(hls::closest_reuse_factor(factors, 7) == 8);
    CHECK(hls::closest_reuse_factor(factors, 1000) == 8);
    CHECK(hls::closest_reuse_factor(factors, ~std::uint64_t{0}) == 8);
  }

  TEST_CASE("a matrix without weights and a list without factors are refused") {
    CHECK_THROWS_WITH_AS(static_cast<void>(hls::valid_reuse_factors({0, 5})),
                         "espalier::hls::valid_reuse_factors: got a matrix of 0 x 5, expected at least 1 x 1",
                         espalier::argument_error);
    CHECK_THROWS_AS(static_cast<void>(hls::valid_reuse_factors({5, 0})), espalier::argument_error);
    CHECK_THROWS_AS(static_cast<void>(hls::closest_reuse_factor({}, 3)), espalier::argument_error);
    constexpr std::uint64_t huge = std::uint64_t{1} << 40U;
    CHECK_THROWS_AS(static_cast<void>(hls::valid_reuse_factors({huge, huge})), espalier::argument_error);
    CHECK_FALSE(hls::is_valid_reuse_factor({4, 4}, 0));
  }
}
