// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/max_pool2d.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "support/check_layer.hpp"

namespace nn = espalier::nn;

namespace {

const std::pair<espalier::extents, std::array<std::size_t, 2>> poolings[] = {
    {{4, 4, 1}, {2, 2}}, {{5, 7, 3}, {2, 2}}, {{6, 5, 2}, {3, 2}}, {{3, 4, 5}, {1, 4}}, {{2, 2, 6}, {2, 2}}};

}  // namespace

TEST_SUITE("nn") {
  TEST_CASE_TEMPLATE("pooling keeps the largest number of each window", T, float, double) {
    for (const auto& [input, pool] : poolings) {
      support::layer_under_test<nn::max_pool2d<T>> test(nn::max_pool2d<T>({.pool = pool}), input, 2);
      const std::size_t width = input[1] / pool[1];
      REQUIRE(test.output == espalier::extents{input[0] / pool[0], width, input[2]});
      const auto y = test.forward();
      for (std::size_t o = 0; o < test.output.size(); ++o) {
        const std::size_t channel = o % input[2];
        const std::size_t row = o / input[2] / width * pool[0];
        const std::size_t column = o / input[2] % width * pool[1];
        for (const std::size_t sample : {0U, 31U}) {
          T largest = -2;
          for (std::size_t i = 0; i < pool[0] * pool[1]; ++i) {
            const std::size_t from = ((row + i / pool[1]) * input[1] + column + i % pool[1]) * input[2] + channel;
            largest = (std::max)(largest, test.x[support::place(sample, from, input.size())]);
          }
          CHECK(y[support::place(sample, o, test.output.size())] == largest);
        }
      }
    }
  }

  TEST_CASE("its gradient is that of finite differences") {
    for (const auto& [input, pool] : poolings) {
      support::check_input_gradient(nn::max_pool2d<double>({.pool = pool}), input, 2);
    }
  }

  TEST_CASE("windows may overlap, leave gaps and reach over the border") {
    for (const auto padding : {nn::padding::valid, nn::padding::same}) {
      support::check_input_gradient(nn::max_pool2d<double>({.pool = {3, 2}, .strides = {1, 1}, .padding = padding}),
                                    {4, 5, 2});
      support::check_input_gradient(nn::max_pool2d<double>({.pool = {2, 2}, .strides = {3, 2}, .padding = padding}),
                                    {7, 5, 1});
    }
  }

  TEST_CASE("in a tie the gradient goes to the first, in row-major order") {
    support::layer_under_test<nn::max_pool2d<double>> test(nn::max_pool2d<double>(), {2, 2, 1}, 1);
    std::fill(test.x.begin(), test.x.end(), 0.5);
    test.x[support::place(1, 0, 4)] = 0;
    const auto dx = test.input_gradient();
    for (std::size_t place = 0; place < 4; ++place) {
      CHECK(dx[support::place(0, place, 4)] == (place == 0 ? test.u[0] : 0));
      CHECK(dx[support::place(1, place, 4)] == (place == 1 ? test.u[1] : 0));
    }
  }

  TEST_CASE("what is not a number is not hidden, wherever it stands in the window") {
    for (std::size_t at = 0; at < 4; ++at) {
      support::layer_under_test<nn::max_pool2d<double>> test(nn::max_pool2d<double>(), {2, 2, 1}, 1);
      test.x[support::place(3, at, 4)] = std::numeric_limits<double>::quiet_NaN();
      CHECK(std::isnan(test.forward()[3]));
    }
  }

  TEST_CASE("what a window must be like is said with both shapes") {
    espalier::random_generator random(1);
    nn::max_pool2d<float> layer({.pool = {3, 2}});
    CHECK_THROWS_WITH_AS(layer.build("pool", {2, 4, 1}, random),
                         "espalier::nn::max_pool2d: got input of shape (2, 4, 1) for layer 'pool', expected an image "
                         "(height, width, channels) no smaller than the window (3, 2)",
                         espalier::shape_error);
    CHECK_THROWS_AS(layer.build("pool", {8}, random), espalier::shape_error);
    CHECK_THROWS_WITH_AS(nn::max_pool2d<float>({.pool = {0, 2}}),
                         "espalier::nn::max_pool2d: got a window of 0 x 2, expected at least 1 x 1",
                         espalier::argument_error);
  }
}
