// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/average_pool1d.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "support/check_layer.hpp"

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE("each window of a sequence becomes its mean") {
    support::layer_under_test<nn::average_pool1d<double>> test(
        nn::average_pool1d<double>({.pool = 3, .stride = 2, .padding = nn::padding::same}), {6, 2}, 1);
    REQUIRE(test.output == espalier::extents{3, 2});
    const auto y = test.forward();
    for (std::size_t o = 0; o < 6; ++o) {
      std::vector<double> window;
      for (std::size_t step = o / 2 * 2; step < std::min<std::size_t>(6, o / 2 * 2 + 3); ++step) {
        window.push_back(test.x[support::place(3, step * 2 + o % 2, 12)]);
      }
      CHECK(y[support::place(3, o, 6)] ==
            doctest::Approx(std::accumulate(window.begin(), window.end(), 0.0) / static_cast<double>(window.size())));
    }
    support::check_input_gradient(nn::average_pool1d<double>({.pool = 3, .stride = 2, .padding = nn::padding::same}),
                                  {6, 2});
    support::check_input_gradient(nn::average_pool1d<double>({.pool = 2, .stride = 3}), {9, 1});
    support::check_input_gradient(nn::average_pool1d<double>(), {5, 3});
  }

  TEST_CASE("what a window must be like is said with both shapes") {
    espalier::random_generator random(1);
    nn::average_pool1d<float> layer({.pool = 3});
    CHECK_THROWS_WITH_AS(
        layer.build("pool", {2, 4}, random),
        "espalier::nn::average_pool1d: got input of shape (2, 4) for layer 'pool', expected a sequence "
        "(steps, channels) no shorter than the window (3)",
        espalier::shape_error);
    CHECK_THROWS_AS(layer.build("pool", {8, 8, 1}, random), espalier::shape_error);
    CHECK_THROWS_WITH_AS(nn::average_pool1d<float>({.pool = 0}),
                         "espalier::nn::average_pool1d: got a window of 0, expected at least 1",
                         espalier::argument_error);
  }
}
