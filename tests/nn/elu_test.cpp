// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/elu.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>

#include "support/check_layer.hpp"

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE_TEMPLATE("every number goes through the function", T, float, double) {
    support::layer_under_test<nn::elu<T>> test(nn::elu<T>(T(0.5)), {2, 3, 1}, 1);
    test.x[0] = T{0};
    test.x[1] = T{-50};
    test.x[2] = T{50};
    const auto y = test.forward();
    for (std::size_t i = 0; i < y.size(); ++i) {
      const auto x = static_cast<double>(test.x[i]);
      CHECK(static_cast<double>(y[i]) ==
            doctest::Approx(x > 0 ? x : 0.5 * (std::exp(x) - 1)).epsilon(sizeof(T) == 4 ? 1e-6 : 1e-14));
    }
  }

  TEST_CASE("its gradient is that of finite differences") {
    support::check_input_gradient(nn::elu<double>(0.5), {11}, 2);
  }

  TEST_CASE("a setting out of range is refused") {
    CHECK_THROWS_WITH_AS(nn::elu<double>(-1), "espalier::nn::elu: got alpha -1.000000, expected 0 or more",
                         espalier::argument_error);
  }
}
