// SPDX-License-Identifier: Apache-2.0
#include <espalier/objective/vivado_dsp_bram.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "support/random_layers.hpp"

namespace attributes = espalier::attributes;
namespace hls = espalier::hls;
namespace objective = espalier::objective;
namespace structure = espalier::structure;

namespace {

attributes::layer_attributes dense(std::size_t inputs, std::size_t outputs, std::uint64_t reuse_factor,
                                   std::uint32_t width) {
  attributes::layer_attributes layer;
  layer.name = "hidden";
  layer.kernel_shape = {inputs, outputs};
  layer.hls.strategy = hls::strategy::resource;
  layer.hls.reuse_factor = reuse_factor;
  layer.hls.weight_width = width;
  return layer;
}

}  // namespace

TEST_SUITE("objective") {
  TEST_CASE("the layers of the jet network at 18 bits use what is known of them") {
    const std::vector<std::array<std::size_t, 2>> shapes{{16, 64}, {64, 32}, {32, 32}, {32, 5}};
    for (const std::uint64_t reuse_factor : {2U, 4U, 8U, 16U}) {
      for (const auto& [in, out] : shapes) {
        const auto usage = objective::vivado_dsp_bram{}(dense(in, out, reuse_factor, 18)).usage;
        CHECK(usage[0] == static_cast<std::int64_t>(in * out / reuse_factor));
        CHECK(usage[1] == static_cast<std::int64_t>(in * out / reuse_factor / 2));
      }
    }
  }

  TEST_CASE("two rows of 18 bits share a column: a group frees two DSPs and one BRAM") {
    const auto savings = objective::vivado_dsp_bram{}(dense(16, 64, 4, 18));
    CHECK(savings.rule == structure::rule(structure::pattern{256, 2}));
    CHECK(savings.savings == std::vector<objective::saving_run<2>>{{128, {2, 1}}});
  }

  TEST_CASE("the reference saves 0 BRAM for 16 bits and counts half for 8 and 24: here groups sum to the usage") {
    for (std::uint32_t width = 1; width <= 64; ++width) {
      const auto layer = dense(12, 10, 4, width);
      const auto savings = objective::vivado_dsp_bram{}(layer);
      std::array<std::int64_t, 2> sum{};
      for (const auto& run : savings.savings) {
        sum[0] += static_cast<std::int64_t>(run.count) * run.saving[0];
        sum[1] += static_cast<std::int64_t>(run.count) * run.saving[1];
      }
      CAPTURE(width);
      CHECK(sum == savings.usage);
      CHECK(savings.usage[0] == (width < 9 ? 0 : 30));
      CHECK(savings.usage[1] == (30 * width + 35) / 36);
    }
  }

  TEST_CASE("columns that begin in a group are freed with it: two or three classes where words are not filled") {
    // 16 bits: five rows are 80 bits; group [a, b) frees ceil(16 b / 36) - ceil(16 a / 36) columns.
    const auto savings = objective::vivado_dsp_bram{}(dense(10, 9, 2, 16));  // 45 rows, 9 groups
    std::size_t group = 0;
    for (const auto& run : savings.savings) {
      for (std::size_t i = 0; i < run.count; ++i, ++group) {
        const std::int64_t begin = static_cast<std::int64_t>(5 * group * 16 + 35) / 36;
        const std::int64_t end = static_cast<std::int64_t>(5 * (group + 1) * 16 + 35) / 36;
        CHECK(run.saving == std::array<std::int64_t, 2>{5, end - begin});
      }
    }
    CHECK(group == 9);
  }

  TEST_CASE("a shared group frees the columns that begin behind its first row, and no DSP") {
    espalier::random_generator random(182);
    for (int trial = 0; trial < 500; ++trial) {
      auto layer = dense(support::between(random, 1, 30), support::between(random, 1, 30),
                         support::between(random, 2, 9), static_cast<std::uint32_t>(support::between(random, 1, 64)));
      const auto settled = objective::vivado_dsp_bram{}(layer);
      if (settled.reuse_factor == 1 || !settled.optimizable()) {
        continue;
      }
      const std::size_t rows = layer.kernel_shape.size() / static_cast<std::size_t>(settled.reuse_factor);
      layer.grouped_by = structure::pattern{rows, support::between(random, 1, 12)};
      const auto consecutive = std::get<structure::pattern>(*layer.grouped_by).consecutive;
      std::vector<std::int64_t> freed((rows + consecutive - 1) / consecutive, 0);
      for (std::size_t bit = 0; bit < rows * layer.hls.weight_width; bit += 36) {  // a column begins here
        const std::size_t row = bit / layer.hls.weight_width;
        freed[row / consecutive] += row % consecutive == 0 ? 0 : 1;
      }
      std::size_t group = 0;
      for (const auto& run : objective::vivado_dsp_bram{}(layer).savings) {
        for (std::size_t i = 0; i < run.count; ++i, ++group) {
          CAPTURE(trial);
          CAPTURE(group);
          CHECK(run.sharing == std::array<std::int64_t, 2>{0, freed.at(group)});
          CHECK(run.sharing[1] <= run.saving[1]);
        }
      }
      CHECK(group == freed.size());
    }
  }

  TEST_CASE("where a column holds whole rows, the word that they share still needs it") {
    for (const std::uint32_t width : {1U, 2U, 3U, 4U, 6U, 9U, 12U, 18U, 36U}) {
      for (const auto& run : objective::vivado_dsp_bram{}(dense(16, 64, 4, width)).savings) {
        CHECK(run.sharing == std::array<std::int64_t, 2>{});
      }
    }
    // 16 bits: groups of five rows begin three or two columns, one word needs less than one.
    std::int64_t kept = 0;
    for (const auto& run : objective::vivado_dsp_bram{}(dense(10, 9, 2, 16)).savings) {
      kept += static_cast<std::int64_t>(run.count) * (run.saving[1] - run.sharing[1]);
    }
    CHECK(kept == 9 * 16 / 36);  // nine words are left
  }

  TEST_CASE("below 9 bits only BRAM counts, and without BRAM nothing does") {
    CHECK(objective::vivado_dsp_bram{}(dense(16, 64, 4, 8)).usage[0] == 0);
    CHECK(objective::vivado_dsp_bram{}(dense(16, 64, 4, 8)).usage[1] > 0);
    const auto none = objective::vivado_dsp_bram{}(dense(16, 64, 1, 8));
    CHECK_FALSE(none.optimizable());
    CHECK(none.note.find("fewer than 9") != std::string::npos);
    CHECK(none.note.find("no block RAM") != std::string::npos);
  }

  TEST_CASE("with reuse factor 1 or the latency strategy weights are in logic and only DSPs count") {
    const auto one = objective::vivado_dsp_bram{}(dense(16, 64, 1, 18));
    CHECK(one.rule == structure::rule(structure::unstructured{}));
    CHECK(one.usage == std::array<std::int64_t, 2>{1024, 0});
    auto layer = dense(16, 64, 4, 18);
    layer.hls.strategy = hls::strategy::latency;
    const auto latency = objective::vivado_dsp_bram{}(layer);
    CHECK(latency.usage == std::array<std::int64_t, 2>{256, 0});
    CHECK(latency.denominator == 4);
  }

  TEST_CASE("LeNet with Conv2D and output at reuse factor 1 uses 6150 DSPs and 1380 BRAMs") {
    std::array<std::int64_t, 2> total{};
    auto add = [&](const attributes::layer_attributes& layer) {
      const auto usage = objective::vivado_dsp_bram{}(layer).usage;
      total[0] += usage[0];
      total[1] += usage[1];
    };
    auto conv = dense(1, 1, 1, 18);
    conv.kind = attributes::layer_kind::conv2d;
    conv.kernel_shape = {5, 5, 1, 6};
    add(conv);
    conv.kernel_shape = {5, 5, 6, 16};
    add(conv);
    add(dense(400, 120, 25, 18));
    add(dense(120, 84, 12, 18));
    add(dense(84, 10, 1, 18));
    CHECK(total == std::array<std::int64_t, 2>{6150, 1380});
  }

  TEST_CASE("a moved reuse factor is in the remark, and the user may take longer runs of rows") {
    auto layer = dense(16, 64, 5, 18);
    CHECK(objective::vivado_dsp_bram{}(layer).remark.find("moved to 4") != std::string::npos);
    layer.grouped_by = structure::pattern{256, 100};
    CHECK(objective::vivado_dsp_bram{}(layer).savings ==
          std::vector<objective::saving_run<2>>{{2, {100, 50}, {0, 49}}, {1, {56, 28}, {0, 27}}});
  }
}
