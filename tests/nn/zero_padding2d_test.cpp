// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/zero_padding2d.hpp>

#include <doctest/doctest.h>

#include <cstddef>

#include "support/check_layer.hpp"

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE_TEMPLATE("the image stands inside the zeros", T, float, double) {
    support::layer_under_test<nn::zero_padding2d<T>> test(
        nn::zero_padding2d<T>({.top = 1, .bottom = 2, .left = 0, .right = 3}), {2, 3, 2}, 2);
    REQUIRE(test.output == espalier::extents{5, 6, 2});
    const auto y = test.forward();
    for (std::size_t line = 0; line < 5; ++line) {
      for (std::size_t feature = 0; feature < 12; ++feature) {
        const bool inside = line >= 1 && line < 3 && feature < 6;
        const T expected = inside ? test.x[support::place(19, (line - 1) * 6 + feature, 12)] : T{0};
        CHECK(y[support::place(19, line * 12 + feature, 60)] == expected);
      }
    }
  }

  TEST_CASE("its gradient is that of finite differences") {
    support::check_input_gradient(nn::zero_padding2d<double>(), {3, 2, 2}, 2);
    support::check_input_gradient(nn::zero_padding2d<double>({.top = 0, .bottom = 1, .left = 2, .right = 0}),
                                  {3, 4, 1});
  }

  TEST_CASE("only images can be padded") {
    espalier::random_generator random(1);
    nn::zero_padding2d<float> layer;
    CHECK_THROWS_WITH_AS(layer.build("pad", {4}, random),
                         "espalier::nn::zero_padding2d: got input of shape (4) for layer 'pad', expected an image "
                         "(height, width, channels)",
                         espalier::shape_error);
  }
}
