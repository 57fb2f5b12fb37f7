// SPDX-License-Identifier: Apache-2.0
#include <espalier/attributes/prunable_layer.hpp>

#include <doctest/doctest.h>

#include <vector>

TEST_SUITE("attributes") {
  TEST_CASE_TEMPLATE("a prunable layer shows the model's own weights, not a copy", Value, float, double) {
    std::vector<Value> weights{1, 2, 3, 4};
    const espalier::attributes::prunable_layer<Value> layer{{}, weights, {}};
    layer.kernel[2] = 7;
    CHECK(weights[2] == 7);
    CHECK(layer.bias.empty());
  }
}
