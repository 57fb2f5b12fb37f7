// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/global_average_pool1d.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <numeric>
#include <vector>

#include "support/check_layer.hpp"

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE("each channel of a sequence becomes its mean") {
    support::layer_under_test<nn::global_average_pool1d<double>> test(nn::global_average_pool1d<double>(), {4, 3}, 1);
    REQUIRE(test.output == espalier::extents{3});
    const auto y = test.forward();
    for (std::size_t channel = 0; channel < 3; ++channel) {
      std::vector<double> all;
      for (std::size_t place = 0; place < 4; ++place) {
        all.push_back(test.x[support::place(2, place * 3 + channel, 12)]);
      }
      CHECK(y[support::place(2, channel, 3)] == doctest::Approx(std::accumulate(all.begin(), all.end(), 0.0) / 4));
    }
    support::check_input_gradient(nn::global_average_pool1d<double>(), {4, 3});
  }

  TEST_CASE("another shape is refused") {
    espalier::random_generator random(1);
    nn::global_average_pool1d<float> layer;
    CHECK_THROWS_WITH_AS(layer.build("pool", {4}, random),
                         "espalier::nn::global_average_pool1d: got input of shape (4) for layer 'pool', expected a "
                         "sequence (steps, channels)",
                         espalier::shape_error);
  }
}
