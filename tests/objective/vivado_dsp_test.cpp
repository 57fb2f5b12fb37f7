// SPDX-License-Identifier: Apache-2.0
#include <espalier/objective/vivado_dsp.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace attributes = espalier::attributes;
namespace hls = espalier::hls;
namespace objective = espalier::objective;
namespace structure = espalier::structure;

namespace {

attributes::layer_attributes dense(std::size_t inputs, std::size_t outputs, hls::strategy strategy,
                                   std::uint64_t reuse_factor) {
  attributes::layer_attributes layer;
  layer.name = "hidden";
  layer.kernel_shape = {inputs, outputs};
  layer.hls.strategy = strategy;
  layer.hls.reuse_factor = reuse_factor;
  return layer;
}

}  // namespace

TEST_SUITE("objective") {
  TEST_CASE("with a resource strategy a row of the pattern is one multiplier") {
    const auto savings = objective::vivado_dsp{}(dense(16, 64, hls::strategy::resource, 4));
    CHECK(savings.rule == structure::rule(structure::pattern{256, 1}));
    CHECK(savings.usage == std::array<std::int64_t, 1>{256});
    CHECK(savings.savings == std::vector<objective::saving_run<1>>{{256, {1}}});
    CHECK(savings.remark.empty());
  }

  TEST_CASE("the reference saves nothing with latency and then never prunes: a weight is 1 / reuse factor exactly") {
    const auto savings = objective::vivado_dsp{}(dense(7, 5, hls::strategy::latency, 4));
    CHECK(savings.rule == structure::rule(structure::unstructured{}));
    CHECK(savings.usage == std::array<std::int64_t, 1>{9});  // ceil(35 / 4)
    CHECK(savings.denominator == 4);
    CHECK(savings.savings == std::vector<objective::saving_run<1>>{{35, {1}}});
  }

  TEST_CASE("a reuse factor that hls4ml does not take moves to the closest, and the remark says so") {
    const auto savings = objective::vivado_dsp{}(dense(16, 64, hls::strategy::resource, 5));
    CHECK(savings.reuse_factor == 4);
    CHECK(savings.usage == std::array<std::int64_t, 1>{256});
    CHECK(savings.remark == "reuse factor 5 moved to 4, the closest that hls4ml takes");
    CHECK(objective::vivado_dsp{}(dense(16, 64, hls::strategy::latency, 5)).reuse_factor == 5);
  }

  TEST_CASE("resource_unrolled cannot take all weights in turn unless it is plain resource") {
    CHECK(objective::vivado_dsp{}(dense(4, 6, hls::strategy::resource, 24)).reuse_factor == 24);
    CHECK(objective::vivado_dsp{}(dense(4, 6, hls::strategy::resource_unrolled, 24)).reuse_factor == 12);
    CHECK(objective::vivado_dsp{}(dense(1, 1, hls::strategy::resource_unrolled, 1)).reuse_factor == 1);
    auto conv = dense(1, 1, hls::strategy::resource_unrolled, 24);
    conv.kind = attributes::layer_kind::conv2d;
    conv.kernel_shape = {2, 2, 1, 6};
    conv.hls.io_type = hls::io_type::io_parallel;
    CHECK(objective::vivado_dsp{}(conv).reuse_factor == 24);
    conv.hls.io_type = hls::io_type::io_stream;
    CHECK(objective::vivado_dsp{}(conv).reuse_factor == 12);
  }

  TEST_CASE("where nothing can be saved the note says why, and usage is 0") {
    auto layer = dense(16, 64, hls::strategy::resource, 4);
    layer.hls.weight_width = 8;
    CHECK(objective::vivado_dsp{}(layer).note == "weights of 8 bits use no DSP (fewer than 9)");
    CHECK(objective::vivado_dsp{}(layer).usage == std::array<std::int64_t, 1>{0});
    layer.hls.weight_width = 9;
    CHECK(objective::vivado_dsp{}(layer).optimizable());
    layer.hls.strategy = hls::strategy::distributed_arithmetic;
    CHECK(objective::vivado_dsp{}(layer).note == "strategy distributed_arithmetic uses no DSP");
    layer.hls.strategy = hls::strategy::resource;
    layer.hls.compression = true;
    CHECK(objective::vivado_dsp{}(layer).note == "what zeros save in compressed weights is not known");
  }

  TEST_CASE("a DepthwiseConv2D pays with the latency strategy only, as hls4ml has no other") {
    attributes::layer_attributes layer;
    layer.kind = attributes::layer_kind::depthwise_conv2d;
    layer.kernel_shape = {3, 3, 4, 2};
    layer.hls.reuse_factor = 3;
    const auto savings = objective::vivado_dsp{}(layer);
    CHECK(savings.usage == std::array<std::int64_t, 1>{24});
    CHECK(savings.denominator == 3);
    layer.hls.strategy = hls::strategy::resource;
    CHECK(objective::vivado_dsp{}(layer).note.find("no resource strategy") != std::string::npos);
  }

  TEST_CASE("the user may take several multipliers together, but not cut them") {
    auto layer = dense(4, 6, hls::strategy::resource, 4);
    layer.grouped_by = structure::pattern{6, 4};
    CHECK(objective::vivado_dsp{}(layer).savings == std::vector<objective::saving_run<1>>{{1, {4}}, {1, {2}}});
    layer.grouped_by = structure::pattern{12, 1};
    CHECK_THROWS_WITH_AS(static_cast<void>(objective::vivado_dsp{}(layer)),
                         "espalier::objective::vivado_dsp: got layer 'hidden' grouped by pattern of 12 rows, 1 "
                         "consecutive, expected a pattern of 6 rows, one for each multiplier",
                         espalier::argument_error);
    layer.grouped_by = structure::structured{};
    CHECK_THROWS_AS(static_cast<void>(objective::vivado_dsp{}(layer)), espalier::argument_error);
    layer.hls.strategy = hls::strategy::latency;
    CHECK(objective::vivado_dsp{}(layer).savings == std::vector<objective::saving_run<1>>{{6, {4}}});
  }

  TEST_CASE("reuse factors below 1 and widths of 0 and 65 bits are refused by name") {
    CHECK_THROWS_WITH_AS(static_cast<void>(objective::vivado_dsp{}(dense(4, 6, hls::strategy::resource, 0))),
                         "espalier::objective: got layer 'hidden' with reuse factor 0, expected 1 or more",
                         espalier::argument_error);
    CHECK_THROWS_WITH_AS(
        static_cast<void>(objective::vivado_dsp{}(dense(4, 6, hls::strategy::latency, static_cast<std::uint64_t>(-1)))),
        "espalier::objective: got layer 'hidden' with reuse factor -1, expected 1 or more", espalier::argument_error);
    constexpr auto largest = ~std::uint64_t{0} >> 1U;
    CHECK(objective::vivado_dsp{}(dense(4, 6, hls::strategy::latency, largest)).usage[0] == 1);
    CHECK(objective::vivado_dsp{}(dense(4, 6, hls::strategy::resource, largest)).reuse_factor == 24);
    for (const std::uint32_t bits : {0U, 65U}) {
      auto layer = dense(4, 6, hls::strategy::resource, 1);
      layer.hls.weight_width = bits;
      CHECK_THROWS_AS(static_cast<void>(objective::vivado_dsp{}(layer)), espalier::argument_error);
    }
  }

  TEST_CASE("the jet network has 4256 weights and as many DSPs at reuse factor 1, down to 266 at 16") {
    const std::vector<std::array<std::int64_t, 2>> anchors{{1, 4256}, {2, 2128}, {4, 1064}, {8, 532}, {16, 266}};
    for (const auto& [reuse_factor, expected] : anchors) {
      std::int64_t total = 0;
      for (const auto& [in, out] : std::vector<std::array<std::size_t, 2>>{{16, 64}, {64, 32}, {32, 32}, {32, 5}}) {
        total +=
            objective::vivado_dsp{}(dense(in, out, hls::strategy::resource, static_cast<std::uint64_t>(reuse_factor)))
                .usage[0];
      }
      CHECK(total == expected);
    }
  }
}
