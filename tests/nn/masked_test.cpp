// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/masked.hpp>

#include <doctest/doctest.h>

#include <cmath>

#include <espalier/nn/dense.hpp>

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE("a fresh mask keeps every weight") {
    espalier::random_generator random(1);
    nn::masked<nn::dense<double>> layer(nn::dense_options{.units = 2});
    layer.build("out", {3}, random);
    const auto before = layer.kernel();
    layer.hold();
    CHECK(layer.kernel() == before);
    CHECK(layer.mask().mask == std::vector<std::uint8_t>(6, 1));
  }

  TEST_CASE("held weights go to their offsets at once and whenever they are held again") {
    espalier::random_generator random(1);
    nn::masked<nn::dense<double>> layer(nn::dense_options{.units = 2});
    layer.build("out", {2}, random);
    const auto before = layer.kernel();
    layer.set_mask({{1, 0, 0, 1}, {0, 0, 0.5, 0}});
    CHECK(layer.kernel()(0, 0) == before(0, 0));
    CHECK(layer.kernel()(0, 1) == 0);
    CHECK(layer.kernel()(1, 0) == 0.5);
    layer.kernel().fill(-3);
    layer.hold();
    CHECK(layer.kernel()(0, 0) == -3);
    CHECK(layer.kernel()(0, 1) == 0);
    CHECK_FALSE(std::signbit(layer.kernel()(0, 1)));
    CHECK(layer.kernel()(1, 0) == 0.5);
    CHECK(layer.kernel()(1, 1) == -3);
  }

  TEST_CASE("a mask must have one entry per weight") {
    espalier::random_generator random(1);
    nn::masked<nn::dense<double>> layer(nn::dense_options{.units = 2});
    layer.build("out", {2}, random);
    CHECK_THROWS_WITH_AS(layer.set_mask({{1, 0, 1}, {}}),
                         "espalier::nn::masked: got a mask of 3 weights for layer 'out', expected 4",
                         espalier::shape_error);
    CHECK_THROWS_WITH_AS(layer.set_mask({{1, 0, 1, 1}, {0.5}}),
                         "espalier::nn::masked: got 1 offset for layer 'out', expected 4, or none",
                         espalier::shape_error);
  }
}
