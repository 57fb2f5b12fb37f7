// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/flatten.hpp>

#include <doctest/doctest.h>

#include "support/check_layer.hpp"

TEST_SUITE("nn") {
  TEST_CASE("flattening makes a vector of an image and moves no number") {
    support::layer_under_test<espalier::nn::flatten<double>> test({}, {3, 2, 5}, 2);
    CHECK(test.output == espalier::extents{30});
    CHECK(test.forward() == test.x);
    CHECK(test.input_gradient() == test.u);
  }
}
