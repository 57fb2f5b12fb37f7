// SPDX-License-Identifier: Apache-2.0
#include <espalier/objective/vivado_ff.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

namespace attributes = espalier::attributes;
namespace hls = espalier::hls;
namespace objective = espalier::objective;
namespace structure = espalier::structure;

namespace {

attributes::layer_attributes conv2d(hls::strategy strategy, hls::io_type io_type) {
  attributes::layer_attributes layer;
  layer.name = "conv";
  layer.kind = attributes::layer_kind::conv2d;
  layer.kernel_shape = {2, 3, 4, 3};
  layer.output_shape = {4, 5, 3};
  layer.hls.strategy = strategy;
  layer.hls.io_type = io_type;
  layer.hls.weight_width = 15;
  layer.hls.output_width = 14;
  return layer;
}

}  // namespace

TEST_SUITE("objective") {
  TEST_CASE("the reference counts one output of a filter: with io_parallel and resource it owns all positions") {
    const auto savings = objective::vivado_ff{}(conv2d(hls::strategy::resource, hls::io_type::io_parallel));
    CHECK(savings.rule == structure::rule(structure::structured{}));
    CHECK(savings.usage == std::array<std::int64_t, 1>{60 * 14});
    CHECK(savings.savings == std::vector<objective::saving_run<1>>{{3, {20 * 14}}});
  }

  TEST_CASE("with latency a weight frees its bits and no output; a filter frees both") {
    auto layer = conv2d(hls::strategy::latency, hls::io_type::io_parallel);
    const auto weights = objective::vivado_ff{}(layer);
    CHECK(weights.rule == structure::rule(structure::unstructured{}));
    CHECK(weights.usage == std::array<std::int64_t, 1>{72 * 15 + 60 * 14});
    CHECK(weights.savings == std::vector<objective::saving_run<1>>{{72, {15}}});
    layer.grouped_by = structure::structured{};
    CHECK(objective::vivado_ff{}(layer).savings == std::vector<objective::saving_run<1>>{{3, {24 * 15 + 20 * 14}}});
  }

  TEST_CASE("with io_stream outputs are no registers, and with resource nothing is") {
    const auto latency = objective::vivado_ff{}(conv2d(hls::strategy::latency, hls::io_type::io_stream));
    CHECK(latency.usage == std::array<std::int64_t, 1>{72 * 15});
    const auto resource = objective::vivado_ff{}(conv2d(hls::strategy::resource, hls::io_type::io_stream));
    CHECK(resource.note == "a resource strategy with io_stream holds neither weights nor outputs in flip-flops");
    CHECK(resource.usage == std::array<std::int64_t, 1>{0});
  }

  TEST_CASE("what is not known is said") {
    const auto layer = conv2d(hls::strategy::distributed_arithmetic, hls::io_type::io_parallel);
    CHECK(objective::vivado_ff{}(layer).note.find("not known") != std::string::npos);
  }

  TEST_CASE("parts of units cannot be chosen where only outputs count, and outputs must be known") {
    auto layer = conv2d(hls::strategy::resource, hls::io_type::io_parallel);
    layer.grouped_by = structure::block{2, 2};
    CHECK_THROWS_WITH_AS(static_cast<void>(objective::vivado_ff{}(layer)),
                         "espalier::objective::vivado_ff: got layer 'conv' grouped by block of 2 x 2, expected groups "
                         "of whole units",
                         espalier::argument_error);
    layer = conv2d(hls::strategy::resource, hls::io_type::io_parallel);
    layer.output_shape = {};
    CHECK_THROWS_AS(static_cast<void>(objective::vivado_ff{}(layer)), espalier::shape_error);
    layer = conv2d(hls::strategy::resource, hls::io_type::io_parallel);
    layer.hls.output_width = 0;
    CHECK_THROWS_AS(static_cast<void>(objective::vivado_ff{}(layer)), espalier::argument_error);
  }
}
