// SPDX-License-Identifier: Apache-2.0
#include <espalier/objective/chained_flops.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <espalier/base/random_generator.hpp>
#include <espalier/objective/gpu_flops.hpp>

namespace attributes = espalier::attributes;
namespace objective = espalier::objective;
namespace structure = espalier::structure;

namespace {

attributes::layer_attributes dense(const std::string& name, std::size_t in, std::size_t out,
                                   std::vector<std::string> inbound) {
  attributes::layer_attributes layer;
  layer.name = name;
  layer.kernel_shape = {in, out};
  layer.inbound = std::move(inbound);
  return layer;
}

std::int64_t flops(const std::vector<attributes::layer_attributes>& layers) {
  std::int64_t sum = 0;
  for (const auto& layer : layers) {
    sum += objective::gpu_flops{}(layer).usage[0];
  }
  return sum;
}

}  // namespace

TEST_SUITE("objective") {
  TEST_CASE("a unit answers for half its own products and half of those that read it") {
    const std::vector<attributes::layer_attributes> layers{dense("a", 4, 6, {}), dense("b", 6, 2, {"a"})};
    const objective::chained_flops chained(layers);
    // The inputs of a are the network's: 2 * 4 + 1 operations, and 2 * 2 / 2 in b.
    CHECK(chained(layers[0]).savings == std::vector<objective::saving_run<1>>{{6, {2 * (9 + 2)}}});
    CHECK(chained(layers[1]).savings == std::vector<objective::saving_run<1>>{{2, {2 * (6 + 1)}}});
    CHECK(chained(layers[0]).denominator == 2);
  }

  TEST_CASE("all savings together are the operations of the network") {
    std::vector<attributes::layer_attributes> layers{
        dense("conv", 1, 1, {}),       dense("depth", 1, 1, {"conv"}), dense("flat", 5 * 5 * 12, 7, {"depth"}),
        dense("left", 7, 3, {"flat"}), dense("right", 7, 4, {"flat"}), dense("join", 7, 2, {"left", "right"})};
    layers[0].kind = attributes::layer_kind::conv2d;
    layers[0].kernel_shape = {3, 3, 2, 6};
    layers[0].output_shape = {7, 7, 6};
    layers[1].kind = attributes::layer_kind::depthwise_conv2d;
    layers[1].kernel_shape = {3, 3, 6, 2};
    layers[1].output_shape = {5, 5, 12};
    const objective::chained_flops chained(layers);
    std::int64_t halves = 0;
    for (const auto& layer : layers) {
      for (const auto& run : chained(layer).savings) {
        halves += static_cast<std::int64_t>(run.count) * run.saving[0];
      }
    }
    CHECK(halves == 2 * flops(layers));
  }

  TEST_CASE("the real operations of the pruned network never exceed what is counted, whatever is pruned") {
    espalier::random_generator random(161);
    for (int trial = 0; trial < 200; ++trial) {
      std::vector<std::size_t> widths(5);
      for (std::size_t& width : widths) {
        width = 1 + random.below(12);
      }
      std::vector<attributes::layer_attributes> layers;
      std::vector<attributes::layer_attributes> pruned;
      std::vector<std::size_t> kept(widths.size());
      kept[0] = widths[0];
      for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
        const auto inbound = l == 0 ? std::vector<std::string>{} : std::vector{std::to_string(l - 1)};
        kept[l + 1] = 1 + random.below(widths[l + 1]);
        layers.push_back(dense(std::to_string(l), widths[l], widths[l + 1], inbound));
        pruned.push_back(dense(std::to_string(l), kept[l], kept[l + 1], inbound));
      }
      const objective::chained_flops chained(layers);
      std::int64_t halves = 0;
      for (std::size_t l = 0; l < layers.size(); ++l) {
        halves += static_cast<std::int64_t>(kept[l + 1]) * chained(layers[l]).savings.front().saving[0];
      }
      CHECK(2 * flops(pruned) <= halves);
    }
  }

  TEST_CASE("layers of another network, unknown inbound layers and parts of units are refused") {
    const std::vector<attributes::layer_attributes> layers{dense("first", 4, 6, {}), dense("second", 6, 2, {"first"})};
    const objective::chained_flops chained(layers);
    CHECK_THROWS_WITH_AS(static_cast<void>(chained(dense("frist", 4, 6, {}))),
                         "espalier::objective::chained_flops: got layer 'frist', expected a layer of its network, such "
                         "as 'first'",
                         espalier::argument_error);
    auto cut = layers[0];
    cut.grouped_by = structure::unstructured{};
    CHECK_THROWS_AS(static_cast<void>(chained(cut)), espalier::argument_error);
    const std::vector<attributes::layer_attributes> lost{dense("a", 4, 6, {"nobody"})};
    CHECK_THROWS_AS(objective::chained_flops{lost}, espalier::argument_error);
  }
}
