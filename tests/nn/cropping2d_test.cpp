// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/cropping2d.hpp>

#include <doctest/doctest.h>

#include <cstddef>

#include "support/check_layer.hpp"

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE("borders are cut off, and have no gradient") {
    const nn::cropping2d_options options{.top = 1, .bottom = 2, .left = 0, .right = 3};
    support::layer_under_test<nn::cropping2d<double>> test(nn::cropping2d<double>(options), {5, 6, 2}, 2);
    REQUIRE(test.output == espalier::extents{2, 3, 2});
    const auto y = test.forward();
    for (std::size_t o = 0; o < 12; ++o) {
      const std::size_t from = ((o / 6 + 1) * 6 + o / 2 % 3) * 2 + o % 2;
      CHECK(y[support::place(19, o, 12)] == test.x[support::place(19, from, 60)]);
    }
    support::check_input_gradient(nn::cropping2d<double>(options), {5, 6, 2}, 2);
  }

  TEST_CASE("something must be left") {
    espalier::random_generator random(1);
    nn::cropping2d<float> layer({.top = 1, .bottom = 2, .right = 1});
    CHECK_THROWS_WITH_AS(layer.build("crop", {3, 4, 1}, random),
                         "espalier::nn::cropping2d: got input of shape (3, 4, 1) for layer 'crop', expected an image "
                         "(height, width, channels) larger than what is cut off, 1 + 2 lines and 0 + 1 columns",
                         espalier::shape_error);
    CHECK_THROWS_AS(layer.build("crop", {4, 1, 1}, random), espalier::shape_error);
    CHECK_THROWS_AS(layer.build("crop", {4}, random), espalier::shape_error);
    CHECK(layer.build("crop", {4, 2, 1}, random) == espalier::extents{1, 1, 1});
  }
}
