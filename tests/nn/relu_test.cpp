// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/relu.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "support/check_layer.hpp"

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE_TEMPLATE("a rectifier keeps positive numbers only", T, float, double) {
    support::layer_under_test<nn::relu<T>> test({}, {2, 3, 1}, 2);
    CHECK(test.output == espalier::extents{2, 3, 1});
    const auto y = test.forward();
    for (std::size_t i = 0; i < y.size(); ++i) {
      CHECK(y[i] == (test.x[i] > 0 ? test.x[i] : T{0}));
    }
  }

  TEST_CASE("its slope is 1 above 0, and 0 below and at 0") {
    support::check_input_gradient(nn::relu<double>{}, {11}, 2);
    support::layer_under_test<nn::relu<double>> test({}, {1}, 1);
    test.x[3] = 0;
    CHECK(test.input_gradient()[3] == 0);
  }

  TEST_CASE("what is not a number is not hidden") {
    support::layer_under_test<nn::relu<double>> test({}, {1}, 1);
    test.x[3] = std::numeric_limits<double>::quiet_NaN();
    CHECK(std::isnan(test.forward()[3]));
  }
}
