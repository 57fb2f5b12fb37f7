// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/dropout.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

#include "support/check_layer.hpp"

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE("outside of training nothing happens") {
    support::layer_under_test<nn::dropout<double>> test(nn::dropout<double>(0.4), {3, 4}, 2);
    CHECK(test.output == espalier::extents{3, 4});
    CHECK(test.forward() == test.x);
    CHECK(test.input_gradient() == test.u);
  }

  TEST_CASE_TEMPLATE("in training a share is dropped and the rest grows, forward and back alike", T, float, double) {
    nn::dropout<T> layer(0.25);
    espalier::random_generator random(1);
    layer.build("dropout", {300}, random);
    const std::vector<T> x(300 * 32, T{3});
    std::vector<T> dy(x.size(), T{1});
    std::vector<T> y(x.size());
    std::vector<T> dx(x.size());
    nn::pass<T> pass{x.data(), y.data(), dy.data(), dx.data(), 2};
    pass.noise = 17;
    layer.forward(pass);
    layer.backward(pass);
    std::size_t dropped = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      dropped += y[i] == 0 ? 1U : 0U;
      CHECK((y[i] == 0 || y[i] == T{4}));
      CHECK(dx[i] == doctest::Approx(static_cast<double>(y[i]) / 3));
    }
    CHECK(static_cast<double>(dropped) / static_cast<double>(y.size()) == doctest::Approx(0.25).epsilon(0.05));
    const auto first = y;
    layer.forward(pass);
    CHECK(y == first);
    pass.noise = 18;
    layer.forward(pass);
    CHECK(y != first);
  }

  TEST_CASE("two layers of one network drop different numbers") {
    espalier::random_generator random(1);
    nn::dropout<float> a(0.5);
    nn::dropout<float> b(0.5);
    a.build("a", {50}, random);
    b.build("b", {50}, random);
    const std::vector<float> x(800, 1.0F);
    std::vector<float> of_a(800);
    std::vector<float> of_b(800);
    nn::pass<float> pass{x.data(), of_a.data(), nullptr, nullptr, 1};
    pass.noise = 3;
    a.forward(pass);
    pass.y = of_b.data();
    b.forward(pass);
    CHECK(of_a != of_b);
  }

  TEST_CASE("a rate out of range is refused") {
    for (const double rate : {-0.1, 1.0}) {
      CHECK_THROWS_AS(nn::dropout<float>{rate}, espalier::argument_error);
    }
  }
}
