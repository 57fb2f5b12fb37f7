// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/softmax.hpp>

#include <doctest/doctest.h>

#include <cmath>

#include "support/check_layer.hpp"

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE_TEMPLATE("probabilities are the shares of exponentials", T, float, double) {
    for (const std::size_t classes : {1U, 2U, 10U, 17U}) {
      support::layer_under_test<nn::softmax<T>> test({}, {classes}, 2);
      const auto y = test.forward();
      for (std::size_t sample = 0; sample < 32; ++sample) {
        double total = 0;
        for (std::size_t c = 0; c < classes; ++c) {
          total += std::exp(static_cast<double>(test.x[support::place(sample, c, classes)]));
        }
        for (std::size_t c = 0; c < classes; ++c) {
          const double expected = std::exp(static_cast<double>(test.x[support::place(sample, c, classes)])) / total;
          CHECK(static_cast<double>(y[support::place(sample, c, classes)]) ==
                doctest::Approx(expected).epsilon(sizeof(T) == 4 ? 1e-6 : 1e-14));
        }
      }
    }
  }

  TEST_CASE("its gradient is that of finite differences") {
    support::check_input_gradient(nn::softmax<double>{}, {7}, 2);
    support::check_input_gradient(nn::softmax<double>{}, {1});
  }

  TEST_CASE("large scores do not overflow") {
    support::layer_under_test<nn::softmax<float>> test({}, {2}, 1);
    for (std::size_t sample = 0; sample < 16; ++sample) {
      test.x[support::place(sample, 0, 2)] = 1e30F;
      test.x[support::place(sample, 1, 2)] = -1e30F;
    }
    const auto y = test.forward();
    CHECK(y[0] == 1);
    CHECK(y[16] == 0);
  }

  TEST_CASE("it takes vectors only") {
    espalier::random_generator random(1);
    nn::softmax<float> layer;
    CHECK_THROWS_WITH_AS(
        layer.build("softmax_1", {2, 2, 3}, random),
        "espalier::nn::softmax: got input of shape (2, 2, 3) for layer 'softmax_1', expected a vector (classes)",
        espalier::shape_error);
  }
}
