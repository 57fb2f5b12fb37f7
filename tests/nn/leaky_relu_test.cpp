// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/leaky_relu.hpp>

#include <doctest/doctest.h>

#include "support/check_activation.hpp"

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE("every number goes through the function, and its slope back") {
    support::check_activation(nn::leaky_relu<float>(0.25F), nn::leaky_relu<double>(0.25),
                              [](double x) { return x > 0 ? x : 0.25 * x; });
  }

  TEST_CASE("a setting out of range is refused") {
    CHECK_THROWS_WITH_AS(nn::leaky_relu<double>(-1), "espalier::nn::leaky_relu: got leak -1.000000, expected 0 or more",
                         espalier::argument_error);
  }
}
