// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/hard_sigmoid.hpp>

#include <doctest/doctest.h>

#include <cmath>

#include "support/check_activation.hpp"

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE("every number goes through the function, and its slope back") {
    support::check_activation(nn::hard_sigmoid<float>(), nn::hard_sigmoid<double>(),
                              [](double x) { return std::fmin(1, std::fmax(0, x / 5 + 0.5)); });
  }

  TEST_CASE("the rise is a setting, and a bad one is refused") {
    CHECK(nn::hard_sigmoid<double>(0.25).value(1) == 0.75);
    CHECK(nn::hard_sigmoid<double>(0.25).slope(2) == 0.25);
    CHECK(nn::hard_sigmoid<double>(0.25).slope(2.5) == 0);
    CHECK_THROWS_WITH_AS(nn::hard_sigmoid<double>(0),
                         "espalier::nn::hard_sigmoid: got rise 0.000000, expected a number above 0",
                         espalier::argument_error);
  }
}
