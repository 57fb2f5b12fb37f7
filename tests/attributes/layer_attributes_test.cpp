// SPDX-License-Identifier: Apache-2.0
#include <espalier/attributes/layer_attributes.hpp>

#include <doctest/doctest.h>

#include <string>

namespace attributes = espalier::attributes;
using attributes::layer_kind;

TEST_SUITE("attributes") {
  TEST_CASE("kinds are named as Keras and hls4ml name them") {
    CHECK(std::string(to_string(layer_kind::dense)) == "Dense");
    CHECK(std::string(to_string(layer_kind::conv1d)) == "Conv1D");
    CHECK(std::string(to_string(layer_kind::conv2d)) == "Conv2D");
    CHECK(std::string(to_string(layer_kind::depthwise_conv2d)) == "DepthwiseConv2D");
  }

  TEST_CASE("a kernel is grouped as it is, but a depthwise one has a unit for each channel and multiplier") {
    attributes::layer_attributes layer;
    layer.kernel_shape = {16, 64};
    CHECK(grouping_shape(layer) == espalier::extents{16, 64});
    layer.kind = layer_kind::conv1d;
    layer.kernel_shape = {3, 4, 8};
    CHECK(grouping_shape(layer) == espalier::extents{3, 4, 8});
    layer.kind = layer_kind::depthwise_conv2d;
    layer.kernel_shape = {3, 3, 8, 2};
    CHECK(grouping_shape(layer) == espalier::extents{3, 3, 1, 16});
  }

  TEST_CASE("a layer may be pruned and not shared unless the user says otherwise") {
    const attributes::layer_attributes layer;
    CHECK(layer.optimizable);
    CHECK(layer.prune);
    CHECK_FALSE(layer.share);
    CHECK_FALSE(layer.grouped_by);
  }
}
