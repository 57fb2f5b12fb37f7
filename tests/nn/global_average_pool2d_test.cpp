// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/global_average_pool2d.hpp>

#include <doctest/doctest.h>

#include "support/check_layer.hpp"

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE("each channel becomes its mean, and its gradient is that of finite differences") {
    support::layer_under_test<nn::global_average_pool2d<double>> test({}, {3, 2, 5}, 1);
    REQUIRE(test.output == espalier::extents{5});
    double mean = 0;
    for (std::size_t place = 0; place < 6; ++place) {
      mean += test.x[support::place(2, place * 5 + 4, 30)] / 6;
    }
    CHECK(test.forward()[support::place(2, 4, 5)] == doctest::Approx(mean));
    support::check_input_gradient(nn::global_average_pool2d<double>{}, {4, 5, 3}, 2);
  }

  TEST_CASE("it takes images only") {
    espalier::random_generator random(1);
    nn::global_average_pool2d<float> layer;
    CHECK_THROWS_AS(layer.build("pool", {8}, random), espalier::shape_error);
  }
}
