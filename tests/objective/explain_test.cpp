// SPDX-License-Identifier: Apache-2.0
#include <espalier/objective/explain.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <espalier/hls/parse_strategy.hpp>
#include <espalier/objective/parameters.hpp>
#include <espalier/objective/vivado_dsp.hpp>
#include <espalier/objective/vivado_dsp_bram.hpp>
#include <espalier/structure/rules.hpp>

#include "support/random_layers.hpp"

namespace attributes = espalier::attributes;
namespace hls = espalier::hls;
namespace objective = espalier::objective;

namespace {

attributes::layer_attributes dense(const std::string& name, hls::strategy strategy, std::uint64_t reuse_factor,
                                   std::uint32_t width) {
  attributes::layer_attributes layer;
  layer.name = name;
  layer.kernel_shape = {16, 64};
  layer.hls.strategy = strategy;
  layer.hls.reuse_factor = reuse_factor;
  layer.hls.weight_width = width;
  return layer;
}

template <class Objective>
objective::explained_layer explain_one(const Objective& what, const attributes::layer_attributes& layer) {
  return objective::explain(what, std::vector{layer}).layers.at(0);
}

}  // namespace

TEST_SUITE("objective") {
  TEST_CASE("every line says grouping, number of groups and what one of them saves") {
    const auto line = explain_one(objective::vivado_dsp_bram{}, dense("a", hls::strategy::resource, 4, 18));
    CHECK(line.takes_part);
    CHECK(line.grouping == "pattern of 256 rows, 2 consecutive");
    CHECK(line.groups == 128);
    CHECK(line.saving == "2 DSP, 1 BRAM");
    CHECK(line.why.empty());
    CHECK(explain_one(objective::vivado_dsp_bram{}, dense("a", hls::strategy::resource, 4, 16)).saving ==
          "1 to 5 DSP, 0 to 3 BRAM");
    CHECK(explain_one(objective::vivado_dsp{}, dense("a", hls::strategy::latency, 4, 18)).saving == "1/4 DSP");
  }

  TEST_CASE("what sharing saves stands beside what pruning saves") {
    const auto equal_columns = explain_one(objective::vivado_dsp_bram{}, dense("a", hls::strategy::resource, 4, 18));
    CHECK(equal_columns.sharing == "nothing");
    const auto columns = explain_one(objective::vivado_dsp_bram{}, dense("a", hls::strategy::resource, 4, 16));
    CHECK(columns.saving == "1 to 5 DSP, 0 to 3 BRAM");
    CHECK(columns.sharing == "0 to 2 BRAM");
    auto by_neuron = dense("a", hls::strategy::latency, 1, 18);
    by_neuron.grouped_by = espalier::structure::structured{};
    CHECK(explain_one(objective::parameters{}, by_neuron).saving == "16 parameters");
    CHECK(explain_one(objective::parameters{}, by_neuron).sharing == "15 parameters");
    CHECK(explain_one(objective::vivado_dsp{}, by_neuron).sharing == "nothing");
  }

  TEST_CASE("what costs users weeks is said: narrow weights, reuse factor 1, latency, a moved factor, a misspelling") {
    const auto why = [](const attributes::layer_attributes& layer) {
      return explain_one(objective::vivado_dsp_bram{}, layer).why;
    };
    CHECK(why(dense("a", hls::strategy::latency, 1, 8)).find("8 bits use no DSP") != std::string::npos);
    CHECK(why(dense("a", hls::strategy::resource, 1, 18)).find("reuse factor 1") != std::string::npos);
    CHECK(why(dense("a", hls::strategy::latency, 4, 18)).find("strategy latency") != std::string::npos);
    CHECK(why(dense("a", hls::strategy::resource, 5, 18)).find("reuse factor 5 moved to 4") != std::string::npos);
    auto misspelt = dense("a", hls::strategy::latency, 4, 18);
    const auto parsed = hls::parse_strategy("Unrolled");
    misspelt.hls.strategy = parsed.strategy;
    misspelt.hls.warning = parsed.warning;
    CHECK(why(misspelt).find("unknown strategy 'Unrolled'") != std::string::npos);
  }

  TEST_CASE("what the user has switched off does not take part, and the line says so") {
    auto layer = dense("a", hls::strategy::resource, 4, 18);
    layer.optimizable = false;
    CHECK(explain_one(objective::vivado_dsp{}, layer).why == "left alone as asked");
    layer.optimizable = true;
    layer.prune = false;
    const auto line = explain_one(objective::vivado_dsp{}, layer);
    CHECK(line.why == "no action is on");
    CHECK_FALSE(line.takes_part);
    CHECK(line.groups == 0);
  }

  TEST_CASE("a layer that saves nothing always says why, over random layers") {
    espalier::random_generator random(181);
    for (int trial = 0; trial < 300; ++trial) {
      const auto line = explain_one(objective::vivado_dsp_bram{}, support::random_layer(random, "layer"));
      CHECK((line.takes_part ? line.groups > 0 && line.saving != "nothing" : !line.why.empty()));
    }
  }

  TEST_CASE("the table has a line for each layer and columns under their titles") {
    const std::vector<attributes::layer_attributes> layers{dense("hidden", hls::strategy::resource, 4, 18),
                                                           dense("output", hls::strategy::latency, 1, 8)};
    CHECK(to_string(objective::explain(objective::vivado_dsp{}, layers)) ==
          "layer   kind   DSP  groups  a group is                          and saves  shared   note\n"
          "hidden  Dense  256  256     pattern of 256 rows, 1 consecutive  1 DSP      nothing\n"
          "output  Dense  0    0       -                                   nothing    nothing  weights of 8 bits use "
          "no DSP "
          "(fewer than 9)\n");
  }
}
