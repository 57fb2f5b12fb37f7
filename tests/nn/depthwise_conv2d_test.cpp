// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/depthwise_conv2d.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>

#include <espalier/attributes/validate.hpp>
#include <espalier/nn/masked.hpp>

#include "support/check_layer.hpp"

namespace nn = espalier::nn;

namespace {

struct convolution {
  espalier::extents input;
  nn::depthwise_conv2d_options options;
};

const std::array<convolution, 5> convolutions{{
    {{5, 4, 3}, {}},
    {{4, 6, 2}, {.multiplier = 3, .kernel = {2, 3}, .padding = nn::padding::same, .bias = false}},
    {{5, 6, 2}, {.multiplier = 2, .padding = nn::padding::same, .strides = {2, 2}}},
    {{6, 7, 1}, {.multiplier = 2, .kernel = {3, 2}, .strides = {1, 3}}},
    {{7, 6, 2}, {.multiplier = 2, .padding = nn::padding::same, .dilation = {2, 3}}},
}};

}  // namespace

TEST_SUITE("nn") {
  TEST_CASE("each output sees one channel, its own") {
    support::layer_under_test<nn::depthwise_conv2d<double>> test(
        nn::depthwise_conv2d<double>({.multiplier = 2, .kernel = {2, 2}}), {2, 3, 2}, 1);
    REQUIRE(test.output == espalier::extents{1, 2, 4});
    const auto y = test.forward();
    for (std::size_t x0 = 0; x0 < 2; ++x0) {
      for (std::size_t output = 0; output < 4; ++output) {
        double total = 0;
        for (std::size_t k = 0; k < 4; ++k) {
          const std::size_t pixel = k / 2 * 3 + x0 + k % 2;
          total += test.layer.kernel()(k / 2, k % 2, output / 2, output % 2) *
                   test.x[support::place(3, pixel * 2 + output / 2, 12)];
        }
        CHECK(y[support::place(3, x0 * 4 + output, 8)] == doctest::Approx(total));
      }
    }
  }

  TEST_CASE("its gradients are those of finite differences") {
    for (const convolution& c : convolutions) {
      CAPTURE(to_string(c.input));
      support::check_input_gradient(nn::depthwise_conv2d<double>(c.options), c.input);
      support::check_parameter_gradients(nn::depthwise_conv2d<double>(c.options), c.input);
    }
  }

  TEST_CASE("what an image and its settings must be like is said") {
    espalier::random_generator random(1);
    nn::depthwise_conv2d<float> layer({.kernel = {5, 3}});
    CHECK_THROWS_WITH_AS(layer.build("first", {4, 4, 1}, random),
                         "espalier::nn::depthwise_conv2d: got input of shape (4, 4, 1) for layer 'first', expected an "
                         "image (height, width, channels) no smaller than the kernel (5, 3)",
                         espalier::shape_error);
    CHECK_THROWS_WITH_AS(nn::depthwise_conv2d<float>({.multiplier = 0}),
                         "espalier::nn::depthwise_conv2d: got a multiplier of 0, expected 1 or more",
                         espalier::argument_error);
    CHECK_THROWS_AS(nn::depthwise_conv2d<float>({.kernel = {0, 3}}), espalier::argument_error);
    CHECK_THROWS_AS(nn::depthwise_conv2d<float>({.strides = {1, 0}}), espalier::argument_error);
    CHECK_THROWS_AS(nn::depthwise_conv2d<float>({.dilation = {1, 0}}), espalier::argument_error);
  }

  TEST_CASE("its attributes are valid, and a mask holds its weights") {
    espalier::random_generator random(1);
    nn::masked<nn::depthwise_conv2d<float>> layer(nn::depthwise_conv2d_options{.multiplier = 2});
    CHECK(layer.build("first", {8, 6, 3}, random) == espalier::extents{6, 4, 6});
    const auto attributes = layer.attributes();
    CHECK(attributes.kind == espalier::attributes::layer_kind::depthwise_conv2d);
    CHECK(attributes.kernel_shape == espalier::extents{3, 3, 3, 2});
    CHECK(attributes.output_shape == espalier::extents{6, 4, 6});
    CHECK_NOTHROW(espalier::attributes::validate(attributes));
    auto mask = layer.mask();
    mask.mask[5] = 0;
    layer.set_mask(mask);
    CHECK(layer.kernel().data()[5] == 0);
  }
}
