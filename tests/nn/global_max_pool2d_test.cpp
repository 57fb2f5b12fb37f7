// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/global_max_pool2d.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "support/check_layer.hpp"

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE("each channel of an image becomes its largest number") {
    support::layer_under_test<nn::global_max_pool2d<double>> test(nn::global_max_pool2d<double>(), {2, 2, 3}, 1);
    REQUIRE(test.output == espalier::extents{3});
    const auto y = test.forward();
    for (std::size_t channel = 0; channel < 3; ++channel) {
      std::vector<double> all;
      for (std::size_t place = 0; place < 4; ++place) {
        all.push_back(test.x[support::place(2, place * 3 + channel, 12)]);
      }
      CHECK(y[support::place(2, channel, 3)] == *std::max_element(all.begin(), all.end()));
    }
    support::check_input_gradient(nn::global_max_pool2d<double>(), {2, 2, 3});
  }

  TEST_CASE("in a tie the largest share the gradient equally") {
    support::layer_under_test<nn::global_max_pool2d<double>> test(nn::global_max_pool2d<double>(), {2, 2, 3}, 1);
    std::fill(test.x.begin(), test.x.end(), 0.5);
    test.x[support::place(1, 0, 12)] = 0;
    const auto dx = test.input_gradient();
    for (std::size_t place = 0; place < 4; ++place) {
      CHECK(dx[support::place(0, place * 3, 12)] == doctest::Approx(test.u[0] / 4));
      CHECK(dx[support::place(1, place * 3, 12)] == doctest::Approx(place == 0 ? 0 : test.u[1] / 3));
    }
  }

  TEST_CASE("another shape is refused") {
    espalier::random_generator random(1);
    nn::global_max_pool2d<float> layer;
    CHECK_THROWS_WITH_AS(layer.build("pool", {4}, random),
                         "espalier::nn::global_max_pool2d: got input of shape (4) for layer 'pool', expected an image "
                         "(height, width, channels)",
                         espalier::shape_error);
  }
}
