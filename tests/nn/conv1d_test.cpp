// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/conv1d.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstddef>

#include "support/check_layer.hpp"

namespace nn = espalier::nn;

namespace {

struct convolution {
  espalier::extents input;
  nn::conv1d_options options;
  std::size_t outputs;
  std::size_t before;  ///< zeros before the first input
};

const std::array<convolution, 9> convolutions{{
    {{7, 2}, {.filters = 3, .kernel = 3}, 5, 0},
    {{7, 2}, {.filters = 5, .kernel = 4, .padding = nn::padding::same}, 7, 1},
    {{7, 1}, {.filters = 2, .kernel = 4, .padding = nn::padding::same, .stride = 2}, 4, 1},
    {{6, 3}, {.filters = 4, .kernel = 3, .causal = true}, 6, 2},
    {{6, 2}, {.filters = 4, .kernel = 2, .causal = true, .stride = 3, .bias = false}, 2, 1},
    {{4, 3}, {.filters = 7, .kernel = 1, .stride = 2}, 2, 0},
    {{11, 2}, {.filters = 3, .kernel = 3, .dilation = 4}, 3, 0},
    {{9, 2}, {.filters = 2, .kernel = 2, .causal = true, .dilation = 3}, 9, 3},
    {{9, 1}, {.filters = 4, .kernel = 3, .padding = nn::padding::same, .dilation = 2}, 9, 2},
}};

}  // namespace

TEST_SUITE("nn") {
  TEST_CASE_TEMPLATE("a convolution of a sequence is what a naive loop says", T, float, double) {
    for (const convolution& c : convolutions) {
      CAPTURE(to_string(c.input));
      support::layer_under_test<nn::conv1d<T>> test(nn::conv1d<T>(c.options), c.input, 1);
      REQUIRE(test.output == espalier::extents{c.outputs, c.options.filters});
      for (T& b : espalier::elements(test.layer.bias())) {
        b = static_cast<T>(1 + (&b - test.layer.bias().data()));
      }
      const auto y = test.forward();
      for (std::size_t o = 0; o < test.output.size(); ++o) {
        const std::size_t filter = o % c.options.filters;
        double total = c.options.bias ? static_cast<double>(1 + filter) : 0;
        for (std::size_t k = 0; k < c.options.kernel; ++k) {
          const std::size_t step =
              o / c.options.filters * c.options.stride + k * c.options.dilation - c.before;  // wraps around before 0
          for (std::size_t channel = 0; step < c.input[0] && channel < c.input[1]; ++channel) {
            total += static_cast<double>(test.layer.kernel()(k, channel, filter)) *
                     static_cast<double>(test.x[support::place(7, step * c.input[1] + channel, c.input.size())]);
          }
        }
        CHECK(static_cast<double>(y[support::place(7, o, test.output.size())]) ==
              doctest::Approx(total).epsilon(sizeof(T) == 4 ? 1e-5 : 1e-13).scale(1));
      }
    }
  }

  TEST_CASE("its gradients are those of finite differences") {
    for (const convolution& c : convolutions) {
      CAPTURE(to_string(c.input));
      support::check_input_gradient(nn::conv1d<double>(c.options), c.input);
      support::check_parameter_gradients(nn::conv1d<double>(c.options), c.input);
    }
  }

  TEST_CASE("what a sequence, a kernel and its settings must be like is said") {
    espalier::random_generator random(1);
    nn::conv1d<float> layer({.filters = 4, .kernel = 5});
    CHECK_THROWS_WITH_AS(layer.build("first", {4, 2}, random),
                         "espalier::nn::conv1d: got input of shape (4, 2) for layer 'first', expected a sequence "
                         "(steps, channels) no smaller than the kernel (5)",
                         espalier::shape_error);
    CHECK_THROWS_AS(layer.build("first", {16}, random), espalier::shape_error);
    CHECK_THROWS_AS(nn::conv1d<float>({.filters = 0}), espalier::argument_error);
    CHECK_THROWS_AS(nn::conv1d<float>({.kernel = 0}), espalier::argument_error);
    CHECK_THROWS_AS(nn::conv1d<float>({.stride = 0}), espalier::argument_error);
    CHECK_THROWS_AS(nn::conv1d<float>({.dilation = 0}), espalier::argument_error);
    CHECK_THROWS_WITH_AS(nn::conv1d<float>({.padding = nn::padding::same, .causal = true}),
                         "espalier::nn::conv1d: got causal with padding on both sides, expected one of the two",
                         espalier::argument_error);
  }

  TEST_CASE("its attributes are its kind and shapes") {
    espalier::random_generator random(1);
    nn::conv1d<float> layer({.filters = 4, .kernel = 5});
    CHECK(layer.build("first", {8, 2}, random) == espalier::extents{4, 4});
    const auto attributes = layer.attributes();
    CHECK(attributes.name == "first");
    CHECK(attributes.kind == espalier::attributes::layer_kind::conv1d);
    CHECK(attributes.kernel_shape == espalier::extents{5, 2, 4});
    CHECK(attributes.input_shape == espalier::extents{8, 2});
    CHECK(attributes.output_shape == espalier::extents{4, 4});
  }
}
