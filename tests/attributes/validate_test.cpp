// SPDX-License-Identifier: Apache-2.0
#include <espalier/attributes/validate.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "support/random_layers.hpp"

namespace attributes = espalier::attributes;
using attributes::layer_kind;

namespace {

attributes::layer_attributes dense() {
  attributes::layer_attributes layer;
  layer.name = "hidden";
  layer.kernel_shape = {2, 3};
  return layer;
}

/// Two layers with weights, sound until a test breaks them.
struct network {
  std::vector<double> first_kernel = std::vector<double>(6, 0.5);
  std::vector<double> second_kernel = std::vector<double>(3, 0.5);
  std::vector<attributes::prunable_layer<double>> layers{{dense(), first_kernel, {}}, {dense(), second_kernel, {}}};

  network() {
    layers[1].attributes.name = "output";
    layers[1].attributes.kernel_shape = {3, 1};
    layers[1].attributes.inbound = {"hidden"};
  }
  void check() const { attributes::validate(std::span<const attributes::prunable_layer<double>>(layers)); }
};

}  // namespace

TEST_SUITE("attributes") {
  TEST_CASE("sound layers of every kind pass") {
    espalier::random_generator random(41);
    for (int trial = 0; trial < 100; ++trial) {
      CHECK_NOTHROW(attributes::validate(support::random_layer(random, "layer")));
    }
    CHECK_NOTHROW(network().check());
  }

  TEST_CASE("a kernel shape that is not its kind's is refused with the layer's name and kind") {
    auto layer = dense();
    layer.kernel_shape = {2, 2, 3};
    CHECK_THROWS_WITH_AS(attributes::validate(layer),
                         "espalier::attributes::validate: got layer 'hidden' (Dense) with kernel shape (2, 2, 3), "
                         "expected (in, out) without a 0",
                         espalier::shape_error);
    layer.kind = layer_kind::conv2d;
    CHECK_THROWS_AS(attributes::validate(layer), espalier::shape_error);
    layer.kind = layer_kind::depthwise_conv2d;
    CHECK_THROWS_AS(attributes::validate(layer), espalier::shape_error);
    layer.kind = layer_kind::conv1d;
    CHECK_NOTHROW(attributes::validate(layer));
  }

  TEST_CASE("an empty kernel is refused") {
    auto layer = dense();
    layer.kernel_shape = {0, 3};
    CHECK_THROWS_AS(attributes::validate(layer), espalier::shape_error);
    layer.kernel_shape = {};
    CHECK_THROWS_AS(attributes::validate(layer), espalier::shape_error);
  }

  TEST_CASE("inputs and outputs that do not fit the kernel are refused") {
    auto layer = dense();
    layer.input_shape = {5, 2};  // a Dense on higher rank works on the last axis
    layer.output_shape = {5, 3};
    CHECK_NOTHROW(attributes::validate(layer));
    layer.input_shape = {5};
    CHECK_THROWS_WITH_AS(attributes::validate(layer),
                         "espalier::attributes::validate: got layer 'hidden' (Dense) with input shape (5), expected a "
                         "last axis of 2 for kernel shape (2, 3)",
                         espalier::shape_error);
    layer.input_shape = {2};
    layer.output_shape = {2};
    CHECK_THROWS_AS(attributes::validate(layer), espalier::shape_error);
  }

  TEST_CASE("reuse factors below 1, a strategy that is none, widths of 0 and more than 64 bits are refused") {
    auto layer = dense();
    layer.hls.reuse_factor = 0;
    CHECK_THROWS_WITH_AS(attributes::validate(layer),
                         "espalier::attributes::validate: got layer 'hidden' with reuse factor 0, expected 1 or more",
                         espalier::argument_error);
    layer.hls.reuse_factor = static_cast<std::uint64_t>(-2);
    CHECK_THROWS_WITH_AS(attributes::validate(layer),
                         "espalier::attributes::validate: got layer 'hidden' with reuse factor -2, expected 1 or more",
                         espalier::argument_error);
    layer = dense();
    layer.hls.strategy = static_cast<espalier::hls::strategy>(7);
    CHECK_THROWS_WITH_AS(attributes::validate(layer),
                         "espalier::attributes::validate: got layer 'hidden' with strategy number 7, expected latency, "
                         "resource, resource_unrolled or distributed_arithmetic",
                         espalier::argument_error);
    for (const std::uint32_t bits : {0U, 65U}) {
      layer = dense();
      layer.hls.weight_width = bits;
      CHECK_THROWS_AS(attributes::validate(layer), espalier::argument_error);
      layer = dense();
      layer.hls.output_width = bits;
      CHECK_THROWS_AS(attributes::validate(layer), espalier::argument_error);
    }
  }

  TEST_CASE("a layer without a name and two layers of one name are refused") {
    network broken;
    broken.layers[1].attributes.name = "hidden";
    broken.layers[1].attributes.inbound.clear();
    CHECK_THROWS_WITH_AS(broken.check(),
                         "espalier::attributes::validate: got layer 'hidden' with the name of another layer, expected "
                         "names that differ",
                         espalier::argument_error);
    broken.layers[1].attributes.name.clear();
    CHECK_THROWS_AS(broken.check(), espalier::argument_error);
  }

  TEST_CASE("an inbound layer that does not exist is refused, and the closest name is given") {
    network broken;
    broken.layers[1].attributes.inbound = {"hiden"};
    CHECK_THROWS_WITH_AS(broken.check(),
                         "espalier::attributes::validate: got layer 'output' with inbound layer 'hiden', expected the "
                         "name of a layer of the same model, such as 'hidden'",
                         espalier::argument_error);
  }

  TEST_CASE("a kernel of another size and weights that are not finite are refused") {
    network broken;
    broken.first_kernel[4] = std::numeric_limits<double>::infinity();
    CHECK_THROWS_WITH_AS(broken.check(),
                         "espalier::attributes::validate: got layer 'hidden' with weight 4 not a finite number, "
                         "expected finite weights",
                         espalier::numeric_error);
    broken.layers[0].kernel = std::span(broken.first_kernel).first(5);
    CHECK_THROWS_WITH_AS(broken.check(),
                         "espalier::attributes::validate: got layer 'hidden' (Dense) with 5 weights, expected 6 for "
                         "kernel shape (2, 3)",
                         espalier::shape_error);
  }
}
