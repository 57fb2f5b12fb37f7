// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/elu.hpp>

#include <doctest/doctest.h>

#include <cmath>

#include "support/check_activation.hpp"

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE("every number goes through the function, and its slope back") {
    support::check_activation(nn::elu<float>(0.5F), nn::elu<double>(0.5),
                              [](double x) { return x > 0 ? x : 0.5 * (std::exp(x) - 1); });
  }

  TEST_CASE("a setting out of range is refused") {
    CHECK_THROWS_WITH_AS(nn::elu<double>(-1), "espalier::nn::elu: got alpha -1.000000, expected 0 or more",
                         espalier::argument_error);
  }
}
