// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/all_finite.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

using espalier::kernels::all_finite;

TEST_SUITE("kernels") {
  TEST_CASE_TEMPLATE("one number that is not finite is found at any place", T, float, double) {
    using limits = std::numeric_limits<T>;
    for (std::size_t size = 1; size < 40; ++size) {
      std::vector<T> numbers(size, limits::max());
      CHECK(all_finite(std::span<const T>(numbers)));
      for (std::size_t at = 0; at < size; ++at) {
        for (const T bad : {limits::infinity(), -limits::infinity(), limits::quiet_NaN(), -limits::quiet_NaN()}) {
          numbers[at] = bad;
          CHECK_FALSE(all_finite(std::span<const T>(numbers)));
        }
        numbers[at] = at % 2 == 0 ? limits::lowest() : limits::denorm_min();
      }
    }
  }

  TEST_CASE("no numbers are finite") {
    CHECK(all_finite(std::span<const float>{}));
  }
}
