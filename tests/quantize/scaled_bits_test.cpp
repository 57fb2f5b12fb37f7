// SPDX-License-Identifier: Apache-2.0
#include <espalier/quantize/scaled_bits.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <espalier/base/random_generator.hpp>

namespace quantize = espalier::quantize;

TEST_SUITE("quantize") {
  TEST_CASE("the largest number of each channel is the last multiple of its scale") {
    const std::vector<double> x{0.3, -14, 0.7, 5, -0.1, 0};
    std::vector<double> y(6);
    const auto scales =
        quantize::scaled_bits{.width = 4}.round({3, 2}, std::span<const double>(x), std::span<double>(y));
    CHECK(scales == std::vector<double>{0.7 / 7, 2});
    CHECK(y[0] == doctest::Approx(0.3));
    CHECK(y == std::vector<double>{3 * scales[0], -14, 7 * scales[0], 6, -1 * scales[0], 0});
  }

  TEST_CASE("scales that are powers of two lose little, and a channel of zeros stays one") {
    espalier::random_generator random(4);
    std::vector<double> x(200);
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = i % 2 == 0 ? 0 : random.normal();
    }
    std::vector<double> y = x;
    const quantize::scaled_bits q{.width = 5, .power_of_two = true};
    const auto scales = q.round({10, 10, 2}, std::span<const double>(x), std::span<double>(y));
    CHECK(std::exp2(std::round(std::log2(scales[1]))) == scales[1]);
    double lost = 0;
    double all = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      CHECK((i % 2 != 0 || y[i] == 0));
      CHECK(std::fmod(y[i], scales[i % 2]) == 0);
      lost += (x[i] - y[i]) * (x[i] - y[i]);
      all += x[i] * x[i];
    }
    CHECK(lost < 0.01 * all);
  }

  TEST_CASE("a width out of range is refused") {
    CHECK_THROWS_WITH_AS((quantize::scaled_bits{.width = 1}.validate()),
                         "espalier::quantize::scaled_bits: got 1 bits, expected 2 to 32", espalier::argument_error);
  }
}
