// SPDX-License-Identifier: Apache-2.0
#include <espalier/select/live_weights.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <espalier/base/random_generator.hpp>

namespace attributes = espalier::attributes;
namespace choose = espalier::select;
using attributes::layer_kind;

namespace {

attributes::layer_attributes layer(const std::string& name, const espalier::extents& kernel,
                                   std::vector<std::string> inbound) {
  attributes::layer_attributes result;
  result.name = name;
  result.kind = kernel.rank() == 2 ? layer_kind::dense : layer_kind::conv2d;
  result.kernel_shape = kernel;
  result.inbound = std::move(inbound);
  return result;
}

std::vector<std::uint8_t> all(std::size_t weights) {
  return std::vector<std::uint8_t>(weights, 1);
}

/// Whether some path of present weights of dense layers leads through one weight, by following all paths.
bool on_a_path(const std::vector<choose::connection>& layers, std::size_t l, std::size_t index) {
  const auto outputs = [&](std::size_t k) { return layers[k].layer->kernel_shape.back(); };
  const auto backward = [&](const auto& self, std::size_t k, std::size_t unit) -> bool {
    for (std::size_t input = 0; input < layers[k].present.size() / outputs(k); ++input) {
      if (layers[k].present[input * outputs(k) + unit] != 0 && (k == 0 || self(self, k - 1, input))) {
        return true;
      }
    }
    return false;
  };
  const auto forward = [&](const auto& self, std::size_t k, std::size_t unit) -> bool {
    if (k + 1 == layers.size()) {
      return true;
    }
    for (std::size_t output = 0; output < outputs(k + 1); ++output) {
      if (layers[k + 1].present[unit * outputs(k + 1) + output] != 0 && self(self, k + 1, output)) {
        return true;
      }
    }
    return false;
  };
  return layers[l].present[index] != 0 && (l == 0 || backward(backward, l - 1, index / outputs(l))) &&
         forward(forward, l, index % outputs(l));
}

}  // namespace

TEST_SUITE("select") {
  TEST_CASE("in random networks a weight is live just if some path leads through it") {
    espalier::random_generator random(111);
    for (int trial = 0; trial < 200; ++trial) {
      std::vector<std::size_t> widths(2 + random.below(4));
      for (std::size_t& width : widths) {
        width = 1 + random.below(4);
      }
      std::vector<attributes::layer_attributes> described;
      for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
        described.push_back(layer(std::to_string(l), {widths[l], widths[l + 1]}, {}));
        if (l > 0) {
          described.back().inbound = {std::to_string(l - 1)};
        }
      }
      std::vector<choose::connection> layers;
      for (const auto& one : described) {
        layers.push_back({&one, all(one.kernel_shape.size())});
        for (std::uint8_t& present : layers.back().present) {
          present = random.below(2) == 0 ? 1 : 0;
        }
      }
      const auto live = choose::live_weights(layers);
      for (std::size_t l = 0; l < layers.size(); ++l) {
        for (std::size_t index = 0; index < layers[l].present.size(); ++index) {
          REQUIRE((live[l][index] != 0) == on_a_path(layers, l, index));
        }
      }
    }
  }

  TEST_CASE("through a flattening, input i of a dense layer comes from channel i mod channels") {
    const auto conv = layer("conv", {1, 1, 1, 2}, {});
    const auto dense = layer("dense", {4, 1}, {"conv"});
    const auto live = choose::live_weights({{&conv, {1, 0}}, {&dense, all(4)}});
    CHECK(live[1] == std::vector<std::uint8_t>{1, 0, 1, 0});
  }

  TEST_CASE("a unit of a DepthwiseConv2D reads only the channel that it belongs to") {
    const auto conv = layer("conv", {1, 1, 1, 2}, {});
    auto depthwise = layer("depthwise", {1, 1, 2, 3}, {"conv"});
    depthwise.kind = layer_kind::depthwise_conv2d;
    const auto dense = layer("dense", {6, 1}, {"depthwise"});
    const auto forward = choose::live_weights({{&conv, {0, 1}}, {&depthwise, all(6)}, {&dense, all(6)}});
    CHECK(forward[1] == std::vector<std::uint8_t>{0, 0, 0, 1, 1, 1});
    CHECK(forward[2] == std::vector<std::uint8_t>{0, 0, 0, 1, 1, 1});
    const auto backward = choose::live_weights({{&conv, all(2)}, {&depthwise, all(6)}, {&dense, {0, 0, 1, 0, 0, 0}}});
    CHECK(backward[0] == std::vector<std::uint8_t>{1, 0});
  }

  TEST_CASE("where two branches meet nothing is known of the units, so all count as connected") {
    const auto left = layer("left", {2, 2}, {});
    const auto right = layer("right", {2, 2}, {});
    const auto join = layer("join", {4, 1}, {"left", "right"});
    const auto live =
        choose::live_weights({{&left, {1, 0, 1, 0}}, {&right, all(4)}, {&join, std::vector<std::uint8_t>{0, 0, 0, 1}}});
    CHECK(live[0] == std::vector<std::uint8_t>{1, 0, 1, 0});
    CHECK(live[1] == all(4));
    CHECK(live[2] == std::vector<std::uint8_t>{0, 0, 0, 1});
  }

  TEST_CASE("a branch to two layers is live if one of them reads it, and every unread layer is an output") {
    const auto trunk = layer("trunk", {1, 2}, {});
    const auto first = layer("first", {2, 1}, {"trunk"});
    const auto second = layer("second", {2, 1}, {"trunk"});
    const auto live = choose::live_weights({{&trunk, all(2)}, {&first, {1, 0}}, {&second, {0, 0}}});
    CHECK(live[0] == std::vector<std::uint8_t>{1, 0});
    CHECK(choose::live_weights({{&trunk, all(2)}, {&first, {1, 0}}, {&second, {0, 1}}})[0] == all(2));
  }

  TEST_CASE("weights of another number and inbound layers that do not exist are refused") {
    const auto dense = layer("dense", {2, 2}, {});
    CHECK_THROWS_AS(static_cast<void>(choose::live_weights({{&dense, all(3)}})), espalier::shape_error);
    const auto lost = layer("lost", {2, 2}, {"nobody"});
    CHECK_THROWS_AS(static_cast<void>(choose::live_weights({{&lost, all(4)}})), espalier::argument_error);
  }
}
