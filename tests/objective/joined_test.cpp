// SPDX-License-Identifier: Apache-2.0
#include <espalier/objective/joined.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <espalier/objective/gpu_flops.hpp>
#include <espalier/objective/parameters.hpp>
#include <espalier/objective/vivado_dsp.hpp>
#include <espalier/objective/vivado_ff.hpp>
#include <espalier/structure/grouping.hpp>

#include "support/random_layers.hpp"

namespace attributes = espalier::attributes;
namespace hls = espalier::hls;
namespace objective = espalier::objective;
namespace structure = espalier::structure;

using dsp_and_parameters = objective::joined<objective::vivado_dsp, objective::parameters>;
using flops_and_ff = objective::joined<objective::gpu_flops, objective::vivado_ff>;
static_assert(objective::objective<dsp_and_parameters>);
static_assert(dsp_and_parameters::resources == std::array<std::string_view, 2>{"DSP", "parameters"});

namespace {

attributes::layer_attributes dense(hls::strategy strategy) {
  attributes::layer_attributes layer;
  layer.name = "hidden";
  layer.kernel_shape = {4, 6};
  layer.output_shape = {6};
  layer.hls.strategy = strategy;
  layer.hls.reuse_factor = 4;
  return layer;
}

/// The savings group by group, as fractions of a resource.
template <std::size_t M>
std::vector<double> group_savings(const objective::layer_savings<M>& savings, std::size_t resource) {
  std::vector<double> result;
  for (const auto& run : savings.savings) {
    result.insert(result.end(), run.count,
                  static_cast<double>(run.saving[resource]) / static_cast<double>(savings.denominator));
  }
  return result;
}

}  // namespace

TEST_SUITE("objective") {
  TEST_CASE("an objective that counts over any rule follows one that does not") {
    const auto savings = dsp_and_parameters{}(dense(hls::strategy::resource));
    CHECK(savings.rule == structure::rule(structure::pattern{6, 1}));
    CHECK(savings.usage == std::array<std::int64_t, 2>{6, 24});
    CHECK(savings.savings == std::vector<objective::saving_run<2>>{{6, {1, 4}, {0, 3}}});
    const auto units = objective::joined<objective::parameters, objective::gpu_flops>{}(dense(hls::strategy::resource));
    CHECK(units.rule == structure::rule(structure::structured{}));
    CHECK(units.savings == std::vector<objective::saving_run<2>>{{6, {4, 9}, {3, 0}}});
  }

  TEST_CASE("fractions and whole numbers meet in common units") {
    const auto savings = dsp_and_parameters{}(dense(hls::strategy::latency));
    CHECK(savings.denominator == 4);
    CHECK(savings.savings == std::vector<objective::saving_run<2>>{{24, {1, 4}}});
    auto layer = dense(hls::strategy::latency);
    layer.grouped_by = structure::structured{};
    CHECK(dsp_and_parameters{}(layer).savings == std::vector<objective::saving_run<2>>{{6, {4, 16}, {0, 12}}});
    const auto swapped = objective::joined<objective::parameters, objective::vivado_dsp>{}(layer);
    CHECK(swapped.savings == std::vector<objective::saving_run<2>>{{6, {16, 4}, {12, 0}}});
  }

  TEST_CASE("over random layers every resource is saved as its own objective says over the common rule") {
    espalier::random_generator random(171);
    for (int trial = 0; trial < 300; ++trial) {
      const auto layer = support::random_layer(random, "layer");
      const auto both = dsp_and_parameters{}(layer);
      REQUIRE(both.optimizable());
      auto same = layer;
      same.grouped_by = both.rule;
      CHECK(group_savings(both, 1) == group_savings(objective::parameters{}(same), 0));
      const auto dsp = objective::vivado_dsp{}(same);
      if (dsp.optimizable()) {
        CHECK(group_savings(both, 0) == group_savings(dsp, 0));
      } else {
        for (const double saving : group_savings(both, 0)) {
          CHECK(saving == 0);
        }
        CHECK(both.remark.find(dsp.note) != std::string::npos);
      }
    }
  }

  TEST_CASE("where no objective can save anything all of them say why") {
    auto layer = dense(hls::strategy::resource);
    layer.hls.io_type = hls::io_type::io_stream;
    layer.hls.weight_width = 8;
    const auto none = objective::joined<objective::vivado_dsp, objective::vivado_ff>{}(layer);
    CHECK_FALSE(none.optimizable());
    CHECK(none.note == objective::vivado_dsp{}(layer).note + "; " + objective::vivado_ff{}(layer).note);
  }

  TEST_CASE("groupings that do not agree are refused with the layer and the two objectives") {
    using dsp_and_flops = objective::joined<objective::vivado_dsp, objective::gpu_flops>;
    CHECK_THROWS_WITH_AS(static_cast<void>(dsp_and_flops{}(dense(hls::strategy::resource))),
                         "espalier::objective::joined: got layer 'hidden', which vivado_dsp groups by pattern of 6 "
                         "rows, 1 consecutive and gpu_flops cannot, expected objectives whose groupings agree",
                         espalier::argument_error);
    CHECK(dsp_and_flops{}(dense(hls::strategy::latency)).rule == structure::rule(structure::structured{}));
  }

  TEST_CASE("three join as two do") {
    using three = objective::joined<objective::parameters, objective::gpu_flops, objective::vivado_ff>;
    const auto savings = three{}(dense(hls::strategy::resource));
    CHECK(savings.savings == std::vector<objective::saving_run<3>>{{6, {4, 9, 16}, {3, 0, 0}}});
  }
}
