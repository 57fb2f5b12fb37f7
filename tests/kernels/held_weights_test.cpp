// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/held_weights.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "support/lane_blocks.hpp"

using espalier::kernels::held_weights;

TEST_SUITE("kernels") {
  TEST_CASE_TEMPLATE("held weights get their values exactly, the others keep their bits", T, float, double) {
    espalier::random_generator random(4);
    for (const std::size_t count : {1U, 3U, 4U, 16U, 21U}) {
      const auto before = support::random_numbers<T>(random, count);
      std::vector<std::uint8_t> mask(count);
      std::vector<T> offsets(count);
      for (std::size_t i = 0; i < count; ++i) {
        mask[i] = static_cast<std::uint8_t>(random.below(2));
        offsets[i] = static_cast<T>(0.1) * static_cast<T>(random.below(3));
      }
      auto weights = before;
      held_weights<T>(mask, offsets).apply(weights);
      for (std::size_t i = 0; i < count; ++i) {
        CHECK(weights[i] == (mask[i] == 0 ? offsets[i] : before[i]));
      }
      weights = before;
      held_weights<T>(mask, {}).apply(weights);
      for (std::size_t i = 0; i < count; ++i) {
        CHECK(weights[i] == (mask[i] == 0 ? T{0} : before[i]));
        CHECK((mask[i] != 0 || !std::signbit(weights[i])));
      }
      auto gradients = before;
      held_weights<T>(mask, offsets).clear(gradients);
      CHECK(gradients == weights);
    }
  }

  TEST_CASE("even what is not a number goes back") {
    std::vector<float> weights(5, std::numeric_limits<float>::quiet_NaN());
    held_weights<float>(std::vector<std::uint8_t>(5, 0), {}).apply(weights);
    CHECK(weights == std::vector<float>(5, 0.0F));
  }
}
