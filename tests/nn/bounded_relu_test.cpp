// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/bounded_relu.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "support/check_activation.hpp"

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE("every number goes through the function, and its slope back") {
    const nn::bounded_relu_options options{.max_value = 0.75, .negative_slope = 0.25, .threshold = 0.125};
    support::check_activation(nn::bounded_relu<float>(options), nn::bounded_relu<double>(options),
                              [](double x) { return x <= 0.125 ? 0.25 * (x - 0.125) : (x > 0.75 ? 0.75 : x); });
    support::check_activation(nn::bounded_relu<float>(), nn::bounded_relu<double>(),
                              [](double x) { return x > 0 ? x : 0; });
  }

  TEST_CASE("what is not a number is not hidden") {
    support::layer_under_test<nn::bounded_relu<double>> test(nn::bounded_relu<double>(), {1}, 1);
    test.x[3] = std::numeric_limits<double>::quiet_NaN();
    CHECK(std::isnan(test.forward()[3]));
  }

  TEST_CASE("settings that make no sense are refused") {
    CHECK_THROWS_AS(nn::bounded_relu<double>({.negative_slope = -1}), espalier::argument_error);
    CHECK_THROWS_WITH_AS(nn::bounded_relu<double>({.max_value = 1, .threshold = 1}),
                         "espalier::nn::bounded_relu: got max_value 1.000000, negative_slope 0.000000 and threshold "
                         "1.000000, expected a slope of 0 or more and max_value above the threshold",
                         espalier::argument_error);
  }
}
