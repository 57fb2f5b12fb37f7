// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/softsign.hpp>

#include <doctest/doctest.h>

#include <cmath>

#include "support/check_activation.hpp"

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE("every number goes through the function, and its slope back") {
    support::check_activation(nn::softsign<float>(), nn::softsign<double>(),
                              [](double x) { return x > 0 ? x / (1 + x) : x / (1 - x); });
  }
}
