// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/average_pool2d.hpp>

#include <doctest/doctest.h>

#include "support/check_layer.hpp"

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE_TEMPLATE("pooling takes the mean of what of a window is inside the image", T, float, double) {
    support::layer_under_test<nn::average_pool2d<T>> test(nn::average_pool2d<T>({.padding = nn::padding::same}),
                                                          {3, 3, 1}, 1);
    REQUIRE(test.output == espalier::extents{2, 2, 1});
    const auto y = test.forward();
    const auto x = [&](std::size_t feature) { return test.x[support::place(5, feature, 9)]; };
    CHECK(y[support::place(5, 0, 4)] == doctest::Approx((x(0) + x(1) + x(3) + x(4)) / 4));
    CHECK(y[support::place(5, 1, 4)] == doctest::Approx((x(2) + x(5)) / 2));
    CHECK(y[support::place(5, 3, 4)] == doctest::Approx(x(8)));
  }

  TEST_CASE("its gradient is that of finite differences") {
    for (const auto padding : {nn::padding::valid, nn::padding::same}) {
      support::check_input_gradient(nn::average_pool2d<double>({.pool = {2, 3}, .padding = padding}), {5, 7, 2}, 2);
      support::check_input_gradient(nn::average_pool2d<double>({.pool = {3, 3}, .strides = {1, 2}, .padding = padding}),
                                    {4, 5, 1});
    }
  }

  TEST_CASE("what a window must be like is said with both shapes") {
    espalier::random_generator random(1);
    nn::average_pool2d<float> layer({.pool = {3, 2}});
    CHECK_THROWS_WITH_AS(layer.build("pool", {2, 4, 1}, random),
                         "espalier::nn::average_pool2d: got input of shape (2, 4, 1) for layer 'pool', expected an "
                         "image (height, width, channels) no smaller than the window (3, 2)",
                         espalier::shape_error);
    CHECK_THROWS_AS(nn::average_pool2d<float>({.pool = {2, 0}}), espalier::argument_error);
  }
}
