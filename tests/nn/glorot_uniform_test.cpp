// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/glorot_uniform.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE("initial weights have the mean, variance and bounds of their distribution") {
    const nn::fans fans{150, 400};
    const double limit = std::sqrt(6.0 / 550);
    const double variance = limit * limit / 3;
    espalier::random_generator random(3);
    std::vector<double> kernel(60000);
    nn::glorot_uniform(std::span(kernel), fans, random);
    double mean = 0;
    double square = 0;
    for (const double w : kernel) {
      mean += w / 60000;
      square += w * w / 60000;
    }
    const auto [smallest, largest] = std::minmax_element(kernel.begin(), kernel.end());
    CHECK(std::abs(mean) < 5 * std::sqrt(variance / 60000));
    CHECK(square == doctest::Approx(variance).epsilon(5 * std::sqrt(2.0 / 60000)));
    CHECK(*smallest >= -limit);
    CHECK(*largest <= limit);
    CHECK(*largest - *smallest > 1.99 * limit);
  }

  TEST_CASE("equal seeds give equal weights") {
    std::vector<float> a(5);
    std::vector<float> b(5);
    espalier::random_generator first(7);
    espalier::random_generator second(7);
    nn::glorot_uniform(std::span(a), {2, 3}, first);
    nn::glorot_uniform(std::span(b), {2, 3}, second);
    CHECK(a == b);
    nn::glorot_uniform(std::span(b), {2, 3}, second);
    CHECK(a != b);
  }
}
