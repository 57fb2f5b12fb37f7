// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/reshape.hpp>

#include <doctest/doctest.h>

#include <espalier/nn/conv1d.hpp>
#include <espalier/nn/dense.hpp>
#include <espalier/nn/flatten.hpp>
#include <espalier/nn/softmax.hpp>

#include "support/check_layer.hpp"

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE("numbers keep their order and one axis may be left open") {
    support::layer_under_test<nn::reshape<double>> test(nn::reshape<double>({3, 0, 2}), {4, 6}, 1);
    CHECK(test.output == espalier::extents{3, 4, 2});
    CHECK(test.forward() == test.x);
    CHECK(test.input_gradient() == test.u);
  }

  TEST_CASE("shapes of other sizes are refused") {
    espalier::random_generator random(1);
    CHECK_THROWS_WITH_AS(nn::reshape<float>({5, 0}).build("reshape_1", {12}, random),
                         "espalier::nn::reshape: got input of shape (12) for layer 'reshape_1', expected as many "
                         "numbers as shape (5, 0)",
                         espalier::shape_error);
    CHECK_THROWS_AS(nn::reshape<float>({5}).build("reshape_1", {12}, random), espalier::shape_error);
    CHECK_THROWS_WITH_AS(nn::reshape<float>({0, 0}),
                         "espalier::nn::reshape: got shape (0, 0), expected a shape with at most one 0 in it",
                         espalier::argument_error);
  }

  TEST_CASE("the compiler takes whatever follows it") {
    CHECK(nn::fitting_layers<nn::flatten<float>, nn::reshape<float>, nn::conv1d<float>>);
  }

  TEST_CASE("a dense layer has as many axes behind it as before it") {
    CHECK(nn::fitting_layers<nn::conv1d<float>, nn::dense<float>, nn::conv1d<float>>);
    CHECK_FALSE(nn::fitting_layers<nn::conv1d<float>, nn::dense<float>, nn::softmax<float>>);
  }
}
