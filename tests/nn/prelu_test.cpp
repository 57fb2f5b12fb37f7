// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/prelu.hpp>

#include <doctest/doctest.h>

#include <cstddef>

#include "support/check_layer.hpp"

namespace nn = espalier::nn;

namespace {

/// Begins with other slopes than 0.
struct sloped : nn::prelu<double> {
  using nn::prelu<double>::prelu;
  espalier::extents build(const std::string& name, const espalier::extents& input, espalier::random_generator& random) {
    const auto output = nn::prelu<double>::build(name, input, random);
    double next = -0.5;
    for (double& slope : espalier::elements(this->kernel())) {
      slope = next += 0.375;
    }
    return output;
  }
};

}  // namespace

TEST_SUITE("nn") {
  TEST_CASE("slopes of negative numbers are those of the number or of the channel, and begin at 0") {
    for (const bool per_channel : {false, true}) {
      support::layer_under_test<nn::prelu<double>> test(nn::prelu<double>({per_channel}), {2, 2, 3}, 1);
      REQUIRE(test.layer.kernel().size() == (per_channel ? 3 : 12));
      CHECK(test.layer.kernel()(0) == 0);
      for (std::size_t i = 0; i < test.layer.kernel().size(); ++i) {
        test.layer.kernel()(i) = static_cast<double>(i + 1);
      }
      const auto y = test.forward();
      for (std::size_t f = 0; f < 12; ++f) {
        const std::size_t at = support::place(5, f, 12);
        const auto slope = static_cast<double>(per_channel ? f % 3 + 1 : f + 1);
        CHECK(y[at] == (test.x[at] > 0 ? test.x[at] : slope * test.x[at]));
      }
    }
  }

  TEST_CASE("its gradients are those of finite differences") {
    for (const bool per_channel : {false, true}) {
      support::check_input_gradient(sloped({per_channel}), {2, 2, 3});
      support::check_parameter_gradients(sloped({per_channel}), {2, 2, 3});
    }
  }

  TEST_CASE("an empty shape is refused") {
    espalier::random_generator random(1);
    nn::prelu<float> layer;
    CHECK_THROWS_WITH_AS(
        layer.build("slopes", {2, 0}, random),
        "espalier::nn::prelu: got input of shape (2, 0) for layer 'slopes', expected a shape without 0",
        espalier::shape_error);
  }
}
