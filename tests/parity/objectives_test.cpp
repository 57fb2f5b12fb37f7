// SPDX-License-Identifier: Apache-2.0
#include <espalier/objective/objective.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <espalier/attributes/validate.hpp>
#include <espalier/objective/gpu_flops.hpp>
#include <espalier/objective/parameters.hpp>
#include <espalier/objective/vivado_dsp.hpp>
#include <espalier/objective/vivado_dsp_bram.hpp>
#include <espalier/objective/vivado_ff.hpp>
#include <espalier/structure/grouping.hpp>

#include "support/parity.hpp"

namespace objective = espalier::objective;
namespace parity = support::parity;
using parity::json;

namespace {

/// What an objective says, with the number of its resources forgotten.
struct answer {
  bool optimizable = false;
  espalier::structure::rule rule;
  std::uint64_t reuse_factor = 0;
  std::vector<std::int64_t> usage;
  std::vector<std::pair<std::size_t, std::vector<std::int64_t>>> runs;
  std::int64_t denominator = 1;
};

template <class Objective>
answer ask_one(const espalier::attributes::layer_attributes& layer) {
  const auto savings = Objective{}(layer);
  answer result{savings.optimizable(), savings.rule, savings.reuse_factor, {}, {}, savings.denominator};
  result.usage.assign(savings.usage.begin(), savings.usage.end());
  for (const auto& run : savings.savings) {
    const std::vector<std::int64_t> saving(run.saving.begin(), run.saving.end());
    if (!result.runs.empty() && result.runs.back().second == saving) {
      result.runs.back().first += run.count;
    } else {
      result.runs.push_back({run.count, saving});
    }
  }
  return result;
}

answer ask(const std::string& name, const espalier::attributes::layer_attributes& layer) {
  if (name == objective::parameters::name) {
    return ask_one<objective::parameters>(layer);
  }
  if (name == objective::gpu_flops::name) {
    return ask_one<objective::gpu_flops>(layer);
  }
  if (name == objective::vivado_dsp::name) {
    return ask_one<objective::vivado_dsp>(layer);
  }
  if (name == objective::vivado_ff::name) {
    return ask_one<objective::vivado_ff>(layer);
  }
  REQUIRE(name == objective::vivado_dsp_bram::name);
  return ask_one<objective::vivado_dsp_bram>(layer);
}

/// Compares savings as fractions: runs [count, saving in units of 1 / denominators].
void check_savings(const answer& got, const json& test) {
  const auto denominators = test.at("denominators").get<std::vector<std::int64_t>>();
  std::size_t place = 0;
  REQUIRE(got.runs.size() == test.at("savings").size());
  for (const json& run : test.at("savings")) {
    CHECK(got.runs[place].first == run.at(0).get<std::size_t>());
    const auto expected = run.at(1).get<std::vector<std::int64_t>>();
    REQUIRE(got.runs[place].second.size() == expected.size());
    for (std::size_t r = 0; r < expected.size(); ++r) {
      CHECK(got.runs[place].second[r] * denominators[r] == expected[r] * got.denominator);
    }
    ++place;
  }
}

void check_sum(const answer& got, bool expected) {
  std::vector<std::int64_t> sum(got.usage.size(), 0);
  for (const auto& [count, saving] : got.runs) {
    for (std::size_t r = 0; r < sum.size(); ++r) {
      sum[r] += static_cast<std::int64_t>(count) * saving[r];
    }
  }
  bool equal = true;
  for (std::size_t r = 0; r < sum.size(); ++r) {
    equal = equal && sum[r] == got.usage[r] * got.denominator;
  }
  CHECK(equal == expected);
}

espalier::attributes::layer_attributes read_layer(const json& layer, const json& test) {
  auto result = parity::layer_of(layer);
  parity::configure(result, layer, test.at("io_type"));
  if (test.contains("override")) {
    result.grouped_by = parity::rule_of(test.at("override"));
  }
  return result;
}

}  // namespace

TEST_SUITE("parity") {
  TEST_CASE("every objective groups, uses and saves as the files say") {
    const json file = parity::load("objectives");
    for (const json& test : file.at("cases")) {
      CAPTURE(test.at("id").get<std::string>());
      const auto layer = read_layer(test.at("layer"), test);
      const answer got = ask(test.at("objective"), layer);
      REQUIRE(got.optimizable == test.at("optimizable").get<bool>());
      CHECK(got.usage == test.at("usage").get<std::vector<std::int64_t>>());
      if (!got.optimizable) {
        CHECK(got.runs.empty());
        continue;
      }
      CHECK(to_string(got.rule) == to_string(parity::rule_of(test.at("grouping"))));
      CHECK(got.reuse_factor == test.at("reuse_factor").get<std::uint64_t>());
      const espalier::structure::grouping groups(got.rule, grouping_shape(layer));
      CHECK(groups.count() == test.at("groups").get<std::size_t>());
      check_savings(got, test);
      check_sum(got, test.at("sum_is_usage"));
    }
  }

  TEST_CASE("whole networks use what is known of them") {
    const json file = parity::load("objectives");
    REQUIRE_FALSE(file.at("anchors").empty());
    for (const json& test : file.at("anchors")) {
      CAPTURE(test.at("name").get<std::string>());
      std::vector<std::int64_t> total(test.at("usage").size(), 0);
      std::vector<std::vector<std::int64_t>> per_layer;
      for (const json& layer : test.at("layers")) {
        per_layer.push_back(ask(test.at("objective"), read_layer(layer, test)).usage);
        for (std::size_t r = 0; r < total.size(); ++r) {
          total[r] += per_layer.back()[r];
        }
      }
      CHECK(per_layer == test.at("usage_per_layer").get<std::vector<std::vector<std::int64_t>>>());
      CHECK(total == test.at("usage").get<std::vector<std::int64_t>>());
    }
  }
}
