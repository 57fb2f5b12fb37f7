// SPDX-License-Identifier: Apache-2.0
#include <espalier/quantize/scaled_ternary.hpp>

#include <doctest/doctest.h>

#include <span>
#include <vector>

namespace quantize = espalier::quantize;

TEST_SUITE("quantize") {
  TEST_CASE("numbers above half the scale of their channel become it, others 0") {
    const std::vector<float> x{0.9F, 0.1F, -1.1F, -4, 0.2F, 3};
    std::vector<float> y(6);
    const auto scales = quantize::scaled_ternary{}.round({3, 2}, std::span<const float>(x), std::span<float>(y));
    CHECK(scales[0] == doctest::Approx(1));
    CHECK(scales[1] == doctest::Approx(3.5));
    const std::vector<float> expected{1, 0, -1, -3.5F, 0, 3.5F};
    for (std::size_t i = 0; i < y.size(); ++i) {
      CHECK(y[i] == doctest::Approx(expected[i]));
    }
    const auto powers =
        quantize::scaled_ternary{.power_of_two = true}.round({3, 2}, std::span<const float>(x), std::span<float>(y));
    CHECK(powers == std::vector<double>{1, 4});
    CHECK(y == std::vector<float>{1, 0, -1, -4, 0, 4});
  }

  TEST_CASE("a channel of zeros stays one") {
    const std::vector<float> x(4);
    std::vector<float> y(4, 1.0F);
    CHECK(quantize::scaled_ternary{}.round({2, 2}, std::span<const float>(x), std::span<float>(y)) ==
          std::vector<double>{0, 0});
    CHECK(y == x);
  }
}
