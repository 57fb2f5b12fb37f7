// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/gelu.hpp>

#include <doctest/doctest.h>

#include <cmath>

#include "support/check_activation.hpp"

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE("every number goes through the function, and its slope back") {
    support::check_activation(nn::gelu<float>(), nn::gelu<double>(),
                              [](double x) { return x / 2 * (1 + std::erf(x / std::sqrt(2.0))); });
  }
}
