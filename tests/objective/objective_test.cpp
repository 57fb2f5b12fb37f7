// SPDX-License-Identifier: Apache-2.0
#include <espalier/objective/objective.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include <espalier/objective/gpu_flops.hpp>
#include <espalier/objective/parameters.hpp>
#include <espalier/objective/vivado_dsp.hpp>
#include <espalier/objective/vivado_dsp_bram.hpp>
#include <espalier/objective/vivado_ff.hpp>
#include <espalier/structure/grouping.hpp>

#include "support/random_layers.hpp"

namespace objective = espalier::objective;
namespace structure = espalier::structure;

namespace {

/// A user's own objective: every neuron takes three wires.
struct wires {
  static constexpr std::string_view name = "wires";
  static constexpr std::array<std::string_view, 1> resources{"wires"};
  [[nodiscard]] objective::layer_savings<1> operator()(const espalier::attributes::layer_attributes& layer) const {
    objective::layer_savings<1> result;
    const std::size_t units = grouping_shape(layer).back();
    result.rule = structure::structured{};
    result.usage = {static_cast<std::int64_t>(3 * units)};
    result.savings = {{units, {3}}};
    return result;
  }
};
static_assert(objective::objective<wires>);

struct without_resources {
  static constexpr std::string_view name = "nothing";
  static constexpr std::array<std::string_view, 0> resources{};
  [[nodiscard]] objective::layer_savings<0> operator()(const espalier::attributes::layer_attributes& /*layer*/) const {
    return {};
  }
};
static_assert(!objective::objective<without_resources>);
static_assert(!objective::objective<double>);

/// What every objective owes: a partition with one saving per group, no more savings than usage, and none negative.
template <class Objective>
void check(const espalier::attributes::layer_attributes& layer, bool sum_is_usage) {
  const auto savings = Objective{}(layer);
  CAPTURE(Objective::name);
  CAPTURE(to_string(layer.kernel_shape));
  if (!savings.optimizable()) {
    CHECK(savings.savings.empty());
    return;
  }
  const structure::grouping groups(savings.rule, grouping_shape(layer));
  std::size_t count = 0;
  for (std::size_t r = 0; r < Objective::resources.size(); ++r) {
    std::int64_t sum = 0;
    count = 0;
    for (const auto& run : savings.savings) {
      CHECK(run.saving[r] >= 0);
      CHECK(run.sharing[r] >= 0);
      CHECK(run.sharing[r] <= run.saving[r]);
      sum += run.saving[r] * static_cast<std::int64_t>(run.count);
      count += run.count;
    }
    const std::int64_t usage = savings.usage[r] * savings.denominator;
    CHECK(sum <= usage);
    CHECK((!sum_is_usage || usage - sum < savings.denominator));
  }
  CHECK(count == groups.count());
}

}  // namespace

TEST_SUITE("objective") {
  TEST_CASE("over random layers of every kind the savings of all groups add up to the usage, rounded up at most") {
    espalier::random_generator random(81);
    for (int trial = 0; trial < 600; ++trial) {
      const auto layer = support::random_layer(random, "layer");
      check<objective::parameters>(layer, true);
      check<objective::gpu_flops>(layer, true);
      check<objective::vivado_dsp>(layer, true);
      check<objective::vivado_dsp_bram>(layer, true);
      check<objective::vivado_ff>(layer, false);  // single weights free no output
      check<wires>(layer, true);
    }
  }

  TEST_CASE("a layer takes part unless its note says why not") {
    objective::layer_savings<1> savings;
    CHECK(savings.optimizable());
    savings.note = "no";
    CHECK_FALSE(savings.optimizable());
  }

  TEST_CASE("a layer without a kernel has nothing to save, and the note says so") {
    espalier::attributes::layer_attributes layer;
    layer.name = "pool";
    CHECK(objective::parameters{}(layer).note == "it has no kernel");
    CHECK(objective::gpu_flops{}(layer).note == "it has no kernel");
    CHECK(objective::vivado_dsp{}(layer).note == "it has no kernel");
    CHECK(objective::vivado_dsp_bram{}(layer).note == "it has no kernel");
    CHECK(objective::vivado_ff{}(layer).note == "it has no kernel");
  }
}
