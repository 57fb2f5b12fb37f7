// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/sigmoid.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>

#include "support/check_layer.hpp"

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE_TEMPLATE("every number goes through the function", T, float, double) {
    support::layer_under_test<nn::sigmoid<T>> test({}, {2, 3, 1}, 1);
    test.x[0] = T{0};
    test.x[1] = T{-50};
    test.x[2] = T{50};
    const auto y = test.forward();
    for (std::size_t i = 0; i < y.size(); ++i) {
      const auto x = static_cast<double>(test.x[i]);
      CHECK(static_cast<double>(y[i]) ==
            doctest::Approx(1 / (1 + std::exp(-x))).epsilon(sizeof(T) == 4 ? 1e-6 : 1e-14));
    }
  }

  TEST_CASE("its gradient is that of finite differences") {
    support::check_input_gradient(nn::sigmoid<double>(), {11}, 2);
  }
}
