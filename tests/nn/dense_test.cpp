// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/dense.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "support/check_layer.hpp"

namespace nn = espalier::nn;

namespace {

struct size {
  std::size_t inputs;
  std::size_t units;
};
const size sizes[] = {{1, 1}, {3, 7}, {16, 6}, {5, 13}, {9, 16}, {31, 35}, {2, 64}};

}  // namespace

TEST_SUITE("nn") {
  TEST_CASE_TEMPLATE("a dense layer is a product and a bias", T, float, double) {
    for (const size& s : sizes) {
      const std::size_t inputs = s.inputs;
      const std::size_t units = s.units;
      for (const std::size_t blocks : {1U, 4U, 5U}) {
        CAPTURE(inputs);
        CAPTURE(units);
        support::layer_under_test<nn::dense<T>> test(nn::dense<T>({.units = units}), {inputs}, blocks);
        REQUIRE(test.output == espalier::extents{units});
        test.layer.bias()(units - 1) = T{2};
        const auto y = test.forward();
        double largest = 0;
        for (std::size_t sample = 0; sample < blocks * espalier::kernels::lanes; ++sample) {
          for (std::size_t o = 0; o < units; ++o) {
            auto expected = static_cast<double>(test.layer.bias()(o));
            for (std::size_t i = 0; i < inputs; ++i) {
              expected += static_cast<double>(test.layer.kernel()(i, o)) *
                          static_cast<double>(test.x[support::place(sample, i, inputs)]);
            }
            largest =
                (std::max)(largest, std::abs(static_cast<double>(y[support::place(sample, o, units)]) - expected));
          }
        }
        CHECK(largest < (sizeof(T) == 4 ? 1e-5 : 1e-13));
      }
    }
  }

  TEST_CASE("the gradients of a dense layer are those of finite differences") {
    for (const size& s : sizes) {
      const std::size_t inputs = s.inputs;
      const std::size_t units = s.units;
      for (const std::size_t blocks : {1U, 3U}) {
        CAPTURE(inputs);
        CAPTURE(units);
        support::check_input_gradient(nn::dense<double>({.units = units}), {inputs}, blocks);
        support::check_parameter_gradients(nn::dense<double>({.units = units}), {inputs}, blocks);
        support::check_parameter_gradients(nn::dense<double>({.units = units, .bias = false}), {inputs}, blocks);
      }
    }
  }

  TEST_CASE_TEMPLATE("a dense layer does to every step what it does to a vector", T, float, double) {
    support::layer_under_test<nn::dense<T>> test(nn::dense<T>({.units = 5}), {2, 3, 4}, 3);
    REQUIRE(test.output == espalier::extents{2, 3, 5});
    test.layer.bias()(2) = T{3};
    const auto y = test.forward();
    double largest = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const std::size_t at = i / espalier::kernels::lanes / 5;  // of all positions of all blocks
      const std::size_t unit = i / espalier::kernels::lanes % 5;
      auto expected = static_cast<double>(test.layer.bias()(unit));
      for (std::size_t input = 0; input < 4; ++input) {
        expected += static_cast<double>(test.layer.kernel()(input, unit)) *
                    static_cast<double>(test.x[(at * 4 + input) * espalier::kernels::lanes + i % 16]);
      }
      largest = (std::max)(largest, std::abs(static_cast<double>(y[i]) - expected));
    }
    CHECK(largest < (sizeof(T) == 4 ? 1e-5 : 1e-13));
  }

  TEST_CASE("the gradients of a dense layer with several steps are those of finite differences") {
    for (const espalier::extents& input : {espalier::extents{3, 4}, {2, 2, 7}, {1, 5}, {6, 1}}) {
      CAPTURE(to_string(input));
      support::check_input_gradient(nn::dense<double>({.units = 9}), input, 2);
      support::check_parameter_gradients(nn::dense<double>({.units = 9}), input, 2);
    }
  }

  TEST_CASE("a dense layer refuses a shape without inputs, and says which") {
    espalier::random_generator random(1);
    nn::dense<float> layer({.units = 5});
    CHECK_THROWS_WITH_AS(layer.build("out", {4, 0}, random),
                         "espalier::nn::dense: got input of shape (4, 0) for layer 'out', expected a shape (..., "
                         "inputs) without 0, so that the kernel is (inputs, 5)",
                         espalier::shape_error);
    CHECK_THROWS_AS(layer.build("out", {}, random), espalier::shape_error);
    CHECK_THROWS_AS(layer.build("out", {0}, random), espalier::shape_error);
    CHECK_THROWS_WITH_AS(nn::dense<float>({.units = 0}), "espalier::nn::dense: got 0 units, expected 1 or more",
                         espalier::argument_error);
  }

  TEST_CASE("the attributes of a dense layer are its kind and shapes") {
    espalier::random_generator random(1);
    nn::dense<float> layer({.units = 5});
    layer.build("out", {3}, random);
    CHECK(layer.attributes().name == "out");
    CHECK(layer.attributes().kind == espalier::attributes::layer_kind::dense);
    CHECK(layer.attributes().kernel_shape == espalier::extents{3, 5});
    CHECK(layer.attributes().input_shape == espalier::extents{3});
    CHECK(layer.attributes().output_shape == espalier::extents{5});
    layer.build("out", {7, 3}, random);
    CHECK(layer.attributes().kernel_shape == espalier::extents{3, 5});
    CHECK(layer.attributes().output_shape == espalier::extents{7, 5});
  }
}
