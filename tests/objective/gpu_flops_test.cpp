// SPDX-License-Identifier: Apache-2.0
#include <espalier/objective/gpu_flops.hpp>

#include <doctest/doctest.h>

#include <array>
#include <vector>

namespace attributes = espalier::attributes;
namespace objective = espalier::objective;
namespace structure = espalier::structure;

namespace {

attributes::layer_attributes conv2d() {
  attributes::layer_attributes layer;
  layer.name = "conv";
  layer.kind = attributes::layer_kind::conv2d;
  layer.kernel_shape = {3, 3, 2, 4};
  layer.output_shape = {5, 6, 4};
  return layer;
}

}  // namespace

TEST_SUITE("objective") {
  TEST_CASE("a Dense does 2 in out + out, and a neuron saves 2 in + 1, also on higher rank") {
    attributes::layer_attributes layer;
    layer.kernel_shape = {16, 64};
    layer.output_shape = {10, 64};
    const auto savings = objective::gpu_flops{}(layer);
    CHECK(savings.usage == std::array<std::int64_t, 1>{2 * 16 * 64 + 64});
    CHECK(savings.savings == std::vector<objective::saving_run<1>>{{64, {33}}});
  }

  TEST_CASE("the reference counts the bias of a filter once: here at every output position") {
    const auto savings = objective::gpu_flops{}(conv2d());
    CHECK(savings.usage == std::array<std::int64_t, 1>{(2 * 18 + 1) * 4 * 30});
    CHECK(savings.savings == std::vector<objective::saving_run<1>>{{4, {(2 * 18 + 1) * 30}}});
  }

  TEST_CASE("Conv1D and DepthwiseConv2D count by the same formula") {
    attributes::layer_attributes layer;
    layer.kind = attributes::layer_kind::conv1d;
    layer.kernel_shape = {3, 2, 4};
    layer.output_shape = {7, 4};
    CHECK(objective::gpu_flops{}(layer).savings == std::vector<objective::saving_run<1>>{{4, {13 * 7}}});
    layer.kind = attributes::layer_kind::depthwise_conv2d;
    layer.kernel_shape = {3, 3, 2, 4};
    layer.output_shape = {5, 6, 8};
    CHECK(objective::gpu_flops{}(layer).savings == std::vector<objective::saving_run<1>>{{8, {19 * 30}}});
  }

  TEST_CASE("whole inputs and units in steps can be chosen, parts of units cannot") {
    auto layer = conv2d();
    layer.grouped_by = structure::channel{};
    CHECK(objective::gpu_flops{}(layer).savings == std::vector<objective::saving_run<1>>{{2, {2 * 36 * 30}}});
    layer.grouped_by = structure::round_to{3};
    CHECK(objective::gpu_flops{}(layer).savings ==
          std::vector<objective::saving_run<1>>{{1, {3 * (2 * 18 + 1) * 30}}, {1, {0}}});
    layer.grouped_by = structure::unstructured{};
    CHECK_THROWS_WITH_AS(static_cast<void>(objective::gpu_flops{}(layer)),
                         "espalier::objective::gpu_flops: got layer 'conv' grouped by unstructured, expected groups of "
                         "whole units or whole inputs",
                         espalier::argument_error);
  }

  TEST_CASE("a convolution without an output shape is refused by name") {
    auto layer = conv2d();
    layer.output_shape = {};
    CHECK_THROWS_WITH_AS(static_cast<void>(objective::gpu_flops{}(layer)),
                         "espalier::objective::gpu_flops: got layer 'conv' (Conv2D) with output shape (), expected "
                         "(height, width, filters) without a 0",
                         espalier::shape_error);
  }
}
