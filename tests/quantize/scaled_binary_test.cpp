// SPDX-License-Identifier: Apache-2.0
#include <espalier/quantize/scaled_binary.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <vector>

namespace quantize = espalier::quantize;

TEST_SUITE("quantize") {
  TEST_CASE("the scale of a channel is the mean size of its numbers, but for those that are 0") {
    const std::vector<float> x{0.5F, -4, -1, 2, 1.5F, 0};
    std::vector<float> y(6);
    const auto scales = quantize::scaled_binary{}.round({3, 2}, std::span<const float>(x), std::span<float>(y));
    CHECK(scales[0] == doctest::Approx(1));
    CHECK(scales[1] == doctest::Approx(3));
    for (std::size_t i = 0; i < x.size(); ++i) {
      CHECK(y[i] == doctest::Approx(x[i] < 0 ? -scales[i % 2] : scales[i % 2]));
    }
    const auto powers = quantize::scaled_binary{.use_01 = true, .power_of_two = true}.round(
        {3, 2}, std::span<const float>(x), std::span<float>(y));
    CHECK(powers == std::vector<double>{1, 2});
    CHECK(y == std::vector<float>{1, 0, 0, 2, 1, 2});
  }
}
