// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/add.hpp>

#include <doctest/doctest.h>

#include <vector>

#include "support/lane_blocks.hpp"

TEST_SUITE("kernels") {
  TEST_CASE_TEMPLATE("numbers are added one by one, whatever their count", T, float, double) {
    espalier::random_generator random(4);
    for (const std::size_t count : {0U, 1U, 3U, 4U, 9U}) {
      const auto from = support::random_numbers<T>(random, count);
      auto sums = support::random_numbers<T>(random, count);
      const auto before = sums;
      espalier::kernels::add<T>(from, sums);
      for (std::size_t i = 0; i < count; ++i) {
        CHECK(sums[i] == before[i] + from[i]);
      }
    }
  }
}
