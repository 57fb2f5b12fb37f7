// SPDX-License-Identifier: Apache-2.0
#include <espalier/select/select.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <espalier/mask/make_mask.hpp>
#include <espalier/objective/gpu_flops.hpp>
#include <espalier/objective/parameters.hpp>
#include <espalier/objective/vivado_dsp.hpp>
#include <espalier/objective/vivado_dsp_bram.hpp>
#include <espalier/objective/vivado_ff.hpp>
#include <espalier/rank/l1.hpp>
#include <espalier/rank/l2.hpp>
#include <espalier/rank/layer_maximum.hpp>
#include <espalier/rank/oracle.hpp>
#include <espalier/rank/saliency.hpp>
#include <espalier/select/make_candidate.hpp>

#include "support/parity.hpp"

namespace mask = espalier::mask;
namespace objective = espalier::objective;
namespace parity = support::parity;
namespace rank = espalier::rank;
namespace choose = espalier::select;
using parity::json;

namespace {

/// A layer of a model, configured as a case says, with its numbers.
struct layer {
  espalier::attributes::layer_attributes attributes;
  std::vector<double> kernel;
  std::vector<double> datum;
};

std::vector<layer> read_layers(const json& file, const json& test, rank::data needs) {
  std::vector<layer> layers;
  for (const json& model : file.at("models")) {
    if (model.at("name") != test.at("model")) {
      continue;
    }
    for (std::size_t l = 0; l < model.at("layers").size(); ++l) {
      const json& numbers = model.at("layers").at(l);
      const json& settings = test.at("layers").at(l);
      layer one{parity::layer_of(numbers), numbers.at("kernel").get<std::vector<double>>(), {}};
      parity::configure(one.attributes, settings, test.at("io_type"));
      one.attributes.optimizable = settings.at("optimizable");
      one.attributes.prune = settings.at("prune");
      one.attributes.share = settings.at("share");
      if (!settings.at("override").is_null()) {
        one.attributes.grouped_by = parity::rule_of(settings.at("override"));
      }
      if (needs != rank::data::nothing) {
        one.datum = numbers.at(needs == rank::data::gradient ? "gradient" : "curvature").get<std::vector<double>>();
      }
      layers.push_back(std::move(one));
    }
  }
  REQUIRE_FALSE(layers.empty());
  return layers;
}

/// What is used and worth in one layer, from its actions.
template <std::size_t M>
struct tally {
  std::array<double, M> used{};
  std::array<double, M> freeable{};
  double value = 0;
  double lost = 0;

  tally(const choose::candidate<M>& c, const std::vector<mask::action>& actions) {
    std::size_t group = 0;
    for (const auto& run : c.savings.savings) {
      for (std::size_t i = 0; i < run.count; ++i, ++group) {
        const bool kept = actions[group] == mask::action::keep;
        const double loss = choose::detail::loss_of(c, group);
        (kept ? value : lost) += loss;
        for (std::size_t r = 0; r < M; ++r) {
          const double saving = static_cast<double>(run.saving[r]) / static_cast<double>(c.savings.denominator);
          used[r] += kept ? saving : 0;
          freeable[r] += saving;
        }
      }
    }
  }
};

template <std::size_t M>
void check_layer(const tally<M>& got, const json& expected) {
  CHECK(parity::close(got.value, expected.at("value"), 1));
  for (std::size_t r = 0; r < M; ++r) {
    CHECK(got.used[r] == doctest::Approx(expected.at("used").at(r).template get<double>()));
  }
}

template <std::size_t M>
void check_numbers(const std::vector<choose::candidate<M>>& candidates, const choose::selection& got,
                   const json& expected) {
  std::array<double, M> stuck{};  // used, but freed by no group; a fraction is only what rounding up has added
  std::array<double, M> used{};
  double lost = 0;
  double value = 0;
  for (std::size_t l = 0; l < candidates.size(); ++l) {
    if (!candidates[l].groups) {
      continue;
    }
    const tally<M> layer(candidates[l], got.layers[l].actions);
    value += layer.value;
    lost += layer.lost;
    for (std::size_t r = 0; r < M; ++r) {
      stuck[r] += std::floor(static_cast<double>(candidates[l].savings.usage[r]) - layer.freeable[r] + 1e-9);
      used[r] += layer.used[r];
    }
    if (expected.at("unique")) {
      check_layer(layer, expected.at("layers").at(l));
    }
  }
  CHECK(parity::close(got.value, expected.at("value"), 1));
  CHECK(parity::close(value, expected.at("value"), 1));
  CHECK(parity::close(lost, expected.at("lost"), 1));
  for (std::size_t r = 0; r < M; ++r) {
    CHECK(got.usage[r] == expected.at("resources").at(r).template get<std::int64_t>());
    if (expected.at("unique")) {
      CHECK(used[r] == doctest::Approx(expected.at("used").at(r).template get<double>()));
    }
    if (!expected.at("capacity").is_null()) {
      const double capacity = (std::max)(0.0, static_cast<double>(got.budget[r]) - stuck[r]);
      CHECK(capacity == doctest::Approx(expected.at("capacity").at(r).template get<double>()));
      CHECK(used[r] <= capacity + 1e-9);
    }
  }
}

template <std::size_t M>
void check_masks(const std::vector<layer>& layers, const std::vector<choose::candidate<M>>& candidates,
                 const choose::selection& got, const json& expected) {
  for (std::size_t l = 0; l < layers.size(); ++l) {
    CAPTURE(l);
    const json& want = expected.at("layers").at(l);
    REQUIRE(candidates[l].groups.has_value() == want.at("takes_part").get<bool>());
    CHECK(got.layers[l].actions.empty() != candidates[l].groups.has_value());
    if (!candidates[l].groups) {
      continue;
    }
    CHECK(to_string(candidates[l].savings.rule) == to_string(parity::rule_of(want.at("grouping"))));
    if (!expected.at("unique")) {
      continue;
    }
    std::string actions;
    for (const mask::action action : got.layers[l].actions) {
      actions += action == mask::action::keep ? 'k' : action == mask::action::prune ? 'p' : 's';
    }
    CHECK(actions == want.at("actions").get<std::string>());
    const auto made = mask::make_mask<double>(*candidates[l].groups, got.layers[l].actions, layers[l].kernel);
    std::string digits;
    for (const std::uint8_t kept : made.mask) {
      digits += kept != 0 ? '1' : '0';
    }
    CHECK(digits == want.at("mask").get<std::string>());
    double largest = 0;
    for (const double weight : layers[l].kernel) {
      largest = (std::max)(largest, std::abs(weight));
    }
    std::vector<double> offsets(layers[l].kernel.size(), 0.0);
    for (const json& shared : want.at("offset")) {
      for (const std::size_t index : shared.at(1).get<std::vector<std::size_t>>()) {
        offsets[index] = shared.at(0);
      }
    }
    for (std::size_t i = 0; i < offsets.size(); ++i) {
      CHECK(parity::close(made.offset.empty() ? 0.0 : made.offset[i], offsets[i], largest));
    }
  }
}

template <class Objective, class Ranking>
void check_with(const json& file, const json& test) {
  constexpr std::size_t resources = Objective::resources.size();
  const auto layers = read_layers(file, test, Ranking::needs);
  std::vector<choose::candidate<resources>> candidates;
  for (const layer& one : layers) {
    candidates.push_back(choose::make_candidate(one.attributes, Objective{}(one.attributes),
                                                rank::weight_data<double>{one.kernel, one.datum},
                                                choose::valuation<Ranking, rank::layer_maximum>{}));
  }
  const choose::options options{.sparsity = {test.at("sparsity").get<double>()},
                                .scope = test.at("local") ? choose::scope::local : choose::scope::global,
                                .live = false,
                                .sharing_saves = choose::sharing_saves::what_pruning_saves};
  const auto got = choose::select(candidates, options, Objective::resources);
  CHECK(got.status != espalier::knapsack::status::feasible);
  CHECK(got.bound == doctest::Approx(got.value).epsilon(1e-12));
  check_numbers(candidates, got, test.at("expected"));
  check_masks(layers, candidates, got, test.at("expected"));
}

template <class Objective>
void check_by_ranking(const json& file, const json& test) {
  const std::string ranking = test.at("ranking");
  if (ranking == "l1") {
    check_with<Objective, rank::l1>(file, test);
  } else if (ranking == "l2") {
    check_with<Objective, rank::l2>(file, test);
  } else if (ranking == "oracle") {
    check_with<Objective, rank::oracle>(file, test);
  } else {
    REQUIRE(ranking == "saliency");
    check_with<Objective, rank::saliency>(file, test);
  }
}

void check_file(const std::string& name) {
  const json file = parity::load(name);
  for (const json& test : file.at("cases")) {
    CAPTURE(test.at("id").get<std::string>());
    const std::string objective = test.at("objective");
    if (objective == objective::parameters::name) {
      check_by_ranking<objective::parameters>(file, test);
    } else if (objective == objective::gpu_flops::name) {
      check_by_ranking<objective::gpu_flops>(file, test);
    } else if (objective == objective::vivado_dsp::name) {
      check_by_ranking<objective::vivado_dsp>(file, test);
    } else if (objective == objective::vivado_ff::name) {
      check_by_ranking<objective::vivado_ff>(file, test);
    } else {
      REQUIRE(objective == objective::vivado_dsp_bram::name);
      check_by_ranking<objective::vivado_dsp_bram>(file, test);
    }
  }
}

}  // namespace

TEST_SUITE("parity") {
  TEST_CASE("with pruning alone, groups, masks and values are those of the files") {
    check_file("masks");
  }

  TEST_CASE("with sharing, groups, masks, means and values are those of the files") {
    check_file("masks_sharing");
  }
}
