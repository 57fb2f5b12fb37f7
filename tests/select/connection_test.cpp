// SPDX-License-Identifier: Apache-2.0
#include <espalier/select/connection.hpp>

#include <doctest/doctest.h>

TEST_SUITE("select") {
  TEST_CASE("a connection is a layer and which of its weights are there") {
    espalier::attributes::layer_attributes layer;
    layer.name = "hidden";
    const espalier::select::connection connection{&layer, {1, 0}};
    CHECK(connection.layer->name == "hidden");
    CHECK(connection.present.size() == 2);
    CHECK(espalier::select::connection{}.layer == nullptr);
  }
}
