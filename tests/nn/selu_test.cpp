// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/selu.hpp>

#include <doctest/doctest.h>

#include <cmath>

#include "support/check_activation.hpp"

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE("every number goes through the function, and its slope back") {
    support::check_activation(nn::selu<float>(), nn::selu<double>(), [](double x) {
      return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543773 * (std::exp(x) - 1));
    });
  }
}
