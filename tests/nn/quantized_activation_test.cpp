// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/quantized_activation.hpp>

#include <doctest/doctest.h>

#include <cstddef>

#include <espalier/quantize/fixed_point.hpp>
#include <espalier/quantize/relu_bits.hpp>
#include <espalier/train/evaluate.hpp>
#include <espalier/train/fit.hpp>

#include "support/check_layer.hpp"
#include "support/networks.hpp"

namespace nn = espalier::nn;
namespace quantize = espalier::quantize;
namespace train = espalier::train;

static_assert(nn::layer<nn::quantized_activation<quantize::relu_bits>>);

TEST_SUITE("nn") {
  TEST_CASE("every number is rounded, and gradients go back by the slope at what came") {
    const quantize::relu_bits q{.width = 4, .integer = 0, .negative_slope = 0.25};
    using rounded = nn::quantized_activation<quantize::relu_bits, double>;
    support::layer_under_test<rounded> test(rounded(q), {3, 5}, 2);
    test.x[0] = 0;
    test.x[1] = 5;
    const auto y = test.forward();
    const auto dx = test.input_gradient();
    for (std::size_t i = 0; i < y.size(); ++i) {
      CHECK(y[i] == q.value(test.x[i]));
      CHECK(dx[i] == test.u[i] * q.slope(test.x[i]));
    }
    CHECK(test.output == espalier::extents{3, 5});
  }

  TEST_CASE("a network learns through rounded activations") {
    const support::labelled<float> data(300, 6, 4);
    const quantize::relu_bits six_bits{.width = 6, .integer = 2};
    nn::sequential net({6}, 1, nn::dense<float>({.units = 12}), nn::quantized_activation<quantize::relu_bits>(six_bits),
                       nn::dense<float>({.units = 4}), nn::softmax<float>());
    train::fit(net, data.view(), train::fit_options<>{.epochs = 20, .batch = 50, .learning_rate = {0.01}});
    CHECK(train::evaluate(net, data.view()).accuracy > 0.9);
  }

  TEST_CASE("settings of the quantizer of activations are checked") {
    CHECK_THROWS_AS(nn::quantized_activation<quantize::fixed_point>(quantize::fixed_point{.width = 99}),
                    espalier::argument_error);
  }
}
