// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/conv2d.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstddef>

#include "support/check_layer.hpp"

namespace nn = espalier::nn;

namespace {

struct convolution {
  espalier::extents input;
  nn::conv2d_options options;
};

/// Odd and even kernels, one and several channels, filters that fill no tile, images no larger than the kernel.
const std::array<convolution, 20> convolutions{{
    {{5, 5, 1}, {.filters = 1, .kernel = {3, 3}}},
    {{7, 6, 2}, {.filters = 5, .kernel = {3, 2}}},
    {{4, 9, 3}, {.filters = 7, .kernel = {1, 4}, .bias = false}},
    {{3, 3, 1}, {.filters = 6, .kernel = {3, 3}}},
    {{5, 6, 1}, {.filters = 6, .kernel = {5, 5}, .padding = nn::padding::same}},
    {{4, 3, 3}, {.filters = 2, .kernel = {2, 4}, .padding = nn::padding::same}},
    {{2, 2, 2}, {.filters = 3, .kernel = {5, 5}, .padding = nn::padding::same}},
    {{1, 8, 2}, {.filters = 16, .kernel = {1, 3}, .padding = nn::padding::same, .bias = false}},
    {{6, 5, 13}, {.filters = 17, .kernel = {2, 2}}},
    {{2, 3, 4}, {.filters = 9, .kernel = {1, 1}}},
    {{7, 9, 2}, {.filters = 3, .kernel = {3, 2}, .strides = {2, 3}}},
    {{8, 6, 1}, {.filters = 6, .kernel = {3, 3}, .padding = nn::padding::same, .strides = {2, 2}}},
    {{5, 4, 3}, {.filters = 2, .kernel = {1, 1}, .padding = nn::padding::same, .strides = {3, 1}, .bias = false}},
    {{6, 7, 2}, {.filters = 5, .kernel = {2, 5}, .padding = nn::padding::same, .strides = {1, 2}}},
    {{9, 10, 2}, {.filters = 3, .kernel = {3, 3}, .dilation = {2, 2}}},
    {{7, 13, 1}, {.filters = 6, .kernel = {2, 4}, .dilation = {5, 3}}},
    {{5, 6, 3}, {.filters = 4, .kernel = {3, 3}, .padding = nn::padding::same, .dilation = {2, 4}}},
    {{8, 3, 2}, {.filters = 2, .kernel = {3, 1}, .padding = nn::padding::same, .dilation = {3, 2}, .bias = false}},
    {{9, 12, 2}, {.filters = 3, .kernel = {2, 3}, .strides = {2, 2}, .dilation = {3, 2}}},
    {{9, 16, 1}, {.filters = 2, .kernel = {3, 3}, .padding = nn::padding::same, .strides = {3, 2}, .dilation = {2, 3}}},
}};

/// How far a window reaches, with its gaps.
std::size_t reach(const convolution& c, std::size_t axis) {
  return (c.options.kernel[axis] - 1) * c.options.dilation[axis] + 1;
}

/// One output of a convolution, as the definition says.
template <class T>
double naive(const nn::conv2d<T>& layer, const convolution& c, const std::array<std::size_t, 3>& at, auto&& x) {
  const auto [y, x0, filter] = at;
  const auto [height, width] = c.options.kernel;
  const bool same = c.options.padding == nn::padding::same;
  const auto zeros_before = [&](std::size_t inputs, std::size_t window, std::size_t stride) {
    const std::size_t covered = ((inputs + stride - 1) / stride - 1) * stride + window;
    return same && covered > inputs ? (covered - inputs) / 2 : 0;
  };
  const std::size_t top = zeros_before(c.input[0], reach(c, 0), c.options.strides[0]);
  const std::size_t left = zeros_before(c.input[1], reach(c, 1), c.options.strides[1]);
  double total = c.options.bias ? static_cast<double>(layer.bias()(filter)) : 0;
  for (std::size_t ky = 0; ky < height; ++ky) {
    for (std::size_t kx = 0; kx < width; ++kx) {
      for (std::size_t channel = 0; channel < c.input[2]; ++channel) {
        const std::size_t row =
            y * c.options.strides[0] + ky * c.options.dilation[0] - top;  // wraps around above the image
        const std::size_t column = x0 * c.options.strides[1] + kx * c.options.dilation[1] - left;
        if (row < c.input[0] && column < c.input[1]) {
          total += static_cast<double>(layer.kernel()(ky, kx, channel, filter)) *
                   static_cast<double>(x((row * c.input[1] + column) * c.input[2] + channel));
        }
      }
    }
  }
  return total;
}

}  // namespace

TEST_SUITE("nn") {
  TEST_CASE_TEMPLATE("a convolution is what a naive loop says", T, float, double) {
    for (const convolution& c : convolutions) {
      CAPTURE(to_string(c.input));
      support::layer_under_test<nn::conv2d<T>> test(nn::conv2d<T>(c.options), c.input, 2);
      for (T& b : espalier::elements(test.layer.bias())) {
        b = static_cast<T>(0.25) * static_cast<T>(1 + (&b - test.layer.bias().data()));
      }
      const bool same = c.options.padding == nn::padding::same;
      const auto outputs = [&](std::size_t axis) {
        const std::size_t starts = same ? c.input[axis] : c.input[axis] + 1 - reach(c, axis);
        return (starts + c.options.strides[axis] - 1) / c.options.strides[axis];
      };
      const std::size_t height = outputs(0);
      const std::size_t width = outputs(1);
      REQUIRE(test.output == espalier::extents{height, width, c.options.filters});
      const auto y = test.forward();
      double largest = 0;
      for (const std::size_t sample : {0U, 5U, 31U}) {
        for (std::size_t o = 0; o < test.output.size(); ++o) {
          const std::array<std::size_t, 3> at{o / c.options.filters / width, o / c.options.filters % width,
                                              o % c.options.filters};
          const double expected = naive(test.layer, c, at, [&](std::size_t feature) {
            return test.x[support::place(sample, feature, c.input.size())];
          });
          const auto got = static_cast<double>(y[support::place(sample, o, test.output.size())]);
          largest = (std::max)(largest, std::abs(got - expected));
        }
      }
      CHECK(largest < (sizeof(T) == 4 ? 1e-5 : 1e-13));
    }
  }

  TEST_CASE("the gradients of a convolution are those of finite differences") {
    for (const convolution& c : convolutions) {
      CAPTURE(to_string(c.input));
      support::check_input_gradient(nn::conv2d<double>(c.options), c.input);
      support::check_parameter_gradients(nn::conv2d<double>(c.options), c.input);
    }
  }

  TEST_CASE("gradients of parameters are added to what is there") {
    support::layer_under_test<nn::conv2d<double>> test(nn::conv2d<double>({.filters = 2}), {4, 4, 1}, 1);
    auto y = test.forward();
    std::vector<double> scratch(test.layer.scratch());
    const nn::pass<double> pass{test.x.data(), y.data(), test.u.data(), nullptr, 1, scratch.data()};
    std::vector<double> once(20);
    std::vector<double> twice(20, 0.5);
    using espalier::kernels::gradient_kind;
    test.layer.backward_parameters<gradient_kind::plain>(pass, once.data(), once.data() + 18);
    test.layer.backward_parameters<gradient_kind::plain>(pass, twice.data(), twice.data() + 18);
    for (std::size_t i = 0; i < 20; ++i) {
      CHECK(twice[i] == doctest::Approx(once[i] + 0.5));
    }
  }

  TEST_CASE("what an image or a kernel must be like is said with both shapes") {
    espalier::random_generator random(1);
    nn::conv2d<float> layer({.filters = 4, .kernel = {5, 3}});
    CHECK_THROWS_WITH_AS(layer.build("first", {4, 4, 1}, random),
                         "espalier::nn::conv2d: got input of shape (4, 4, 1) for layer 'first', expected an image "
                         "(height, width, channels) no smaller than the kernel (5, 3)",
                         espalier::shape_error);
    CHECK_THROWS_AS(layer.build("first", {16}, random), espalier::shape_error);
    CHECK_THROWS_AS(layer.build("first", {5, 5, 0}, random), espalier::shape_error);
    CHECK_THROWS_WITH_AS(nn::conv2d<float>({.filters = 0}), "espalier::nn::conv2d: got 0 filters, expected 1 or more",
                         espalier::argument_error);
    CHECK_THROWS_AS(nn::conv2d<float>({.kernel = {0, 3}}), espalier::argument_error);
    CHECK_THROWS_WITH_AS(nn::conv2d<float>({.strides = {1, 0}}),
                         "espalier::nn::conv2d: got a stride of 0, expected 1 or more", espalier::argument_error);
  }

  TEST_CASE("a kernel with gaps must fit with them") {
    espalier::random_generator random(1);
    nn::conv2d<float> layer({.filters = 4, .kernel = {3, 2}, .dilation = {3, 2}});
    CHECK_THROWS_WITH_AS(layer.build("first", {6, 4, 1}, random),
                         "espalier::nn::conv2d: got input of shape (6, 4, 1) for layer 'first', expected an image "
                         "(height, width, channels) no smaller than the kernel with its gaps (7, 3)",
                         espalier::shape_error);
    CHECK(layer.build("first", {7, 4, 1}, random) == espalier::extents{1, 2, 4});
    CHECK_THROWS_WITH_AS(nn::conv2d<float>({.dilation = {0, 1}}),
                         "espalier::nn::conv2d: got a dilation of 0, expected 1 or more", espalier::argument_error);
  }

  TEST_CASE("the attributes of a convolution are its kind and shapes") {
    espalier::random_generator random(1);
    nn::conv2d<float> layer({.filters = 4, .kernel = {5, 3}});
    CHECK(layer.build("first", {8, 6, 2}, random) == espalier::extents{4, 4, 4});
    const auto attributes = layer.attributes();
    CHECK(attributes.name == "first");
    CHECK(attributes.kind == espalier::attributes::layer_kind::conv2d);
    CHECK(attributes.kernel_shape == espalier::extents{5, 3, 2, 4});
    CHECK(attributes.input_shape == espalier::extents{8, 6, 2});
    CHECK(attributes.output_shape == espalier::extents{4, 4, 4});
  }
}
