// SPDX-License-Identifier: Apache-2.0
#include <espalier/select/select.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <espalier/mask/make_mask.hpp>
#include <espalier/objective/vivado_dsp.hpp>
#include <espalier/rank/l1.hpp>
#include <espalier/rank/lamp.hpp>
#include <espalier/select/make_candidate.hpp>

#include "support/random_layers.hpp"
#include "support/selections.hpp"

namespace choose = espalier::select;
using espalier::knapsack::status;
using espalier::mask::action;

namespace {

constexpr std::array<std::string_view, 1> dsp{"DSP"};
constexpr std::array<std::string_view, 2> dsp_bram{"DSP", "BRAM"};

std::vector<double> budgets(const std::vector<std::int64_t>& usage, const std::vector<double>& sparsity) {
  std::vector<double> result;
  for (std::size_t r = 0; r < usage.size(); ++r) {
    const double s = sparsity.size() == 1 ? sparsity[0] : sparsity[r];
    result.push_back(std::floor((1 - s) * static_cast<double>(usage[r]) + 1e-9));
  }
  return result;
}

template <std::size_t M>
std::vector<std::int64_t> usage_of(const std::vector<choose::candidate<M>>& layers,
                                   const std::vector<std::size_t>& which) {
  std::vector<std::int64_t> usage(M, 0);
  for (const std::size_t l : which) {
    for (std::size_t r = 0; r < M; ++r) {
      usage[r] += layers[l].savings.usage[r];
    }
  }
  return usage;
}

std::vector<std::size_t> kept(const choose::layer_decision& layer) {
  std::vector<std::size_t> groups;
  for (std::size_t group = 0; group < layer.actions.size(); ++group) {
    if (layer.actions[group] == action::keep) {
      groups.push_back(group);
    }
  }
  return groups;
}

/// The demand of a global selection, with budgets of single layers beside it.
template <std::size_t M>
support::demand global_demand(const std::vector<choose::candidate<M>>& layers, const choose::options& o) {
  support::demand wanted;
  std::vector<std::size_t> all(layers.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  wanted.layers_of_budget.push_back(all);
  wanted.budgets.push_back(budgets(usage_of(layers, all), o.sparsity));
  for (const auto& own : o.layers) {
    for (std::size_t l = 0; l < layers.size(); ++l) {
      if (layers[l].attributes.name == own.layer) {
        wanted.layers_of_budget.push_back({l});
        wanted.budgets.push_back(budgets(usage_of(layers, {l}), own.sparsity));
      }
    }
  }
  wanted.minimum_kept = o.minimum_kept;
  return wanted;
}

/// A selection must be what enumeration finds, or say why not.
template <std::size_t M>
void check_against_enumeration(const std::vector<choose::candidate<M>>& layers, const choose::options& o,
                               const std::array<std::string_view, M>& names) {
  const auto got = choose::select(layers, o, names);
  const double best = support::best_by_enumeration(layers, global_demand(layers, o));
  if (best < 0) {
    CHECK(got.status == status::infeasible);
    CHECK_FALSE(got.out_of_reach.empty());
    return;
  }
  CHECK(got.out_of_reach.empty());
  REQUIRE(got.status != status::infeasible);
  CHECK(got.bound >= best * (1 - 1e-12));
  CHECK(got.value <= best + 1e-9);
  if (got.status == status::optimal) {
    CHECK(got.value == doctest::Approx(best).epsilon(1e-12));
  }
  for (std::size_t r = 0; r < M; ++r) {
    CHECK(got.used[r] <= got.budget[r]);
  }
  double value = 0;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    std::size_t kept = 0;
    for (std::size_t group = 0; group < layers[l].prune.size(); ++group) {
      if (got.layers[l].actions[group] == action::keep) {
        value += layers[l].prune[group];
        ++kept;
      }
    }
    CHECK(kept >= (std::min)(o.minimum_kept, layers[l].prune.size()));
  }
  CHECK(got.value == doctest::Approx(value));
}

/// The multipliers that a kernel needs: with a resource strategy the rows of the outputs-first kernel that are not all
/// zero, else its weights in turns.
std::int64_t multipliers(const espalier::attributes::layer_attributes& layer, std::uint64_t reuse_factor,
                         const std::vector<double>& kernel) {
  const auto in_turn = static_cast<std::size_t>(reuse_factor);
  const auto zeros = static_cast<std::size_t>(std::count(kernel.begin(), kernel.end(), 0.0));
  if (layer.hls.strategy == espalier::hls::strategy::latency) {
    return static_cast<std::int64_t>((kernel.size() - zeros + in_turn - 1) / in_turn);
  }
  const std::size_t outputs = grouping_shape(layer).back();
  const std::size_t inputs = kernel.size() / outputs;
  std::vector<double> rows(kernel.size() / in_turn, 0.0);
  for (std::size_t place = 0; place < kernel.size(); ++place) {
    rows[place / in_turn] += std::abs(kernel[place % inputs * outputs + place / inputs]);
  }
  return static_cast<std::int64_t>(rows.size()) - std::count(rows.begin(), rows.end(), 0.0);
}

/// Lets most layers be shared, some of them only that, at random losses and savings.
void share_some(espalier::random_generator& random, std::vector<choose::candidate<2>>& layers) {
  for (auto& layer : layers) {
    for (auto& run : layer.savings.savings) {
      for (std::size_t r = 0; r < 2; ++r) {
        run.sharing[r] = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(run.saving[r]) + 1));
      }
    }
    const std::uint64_t actions = random.below(5);
    for (std::size_t group = 0; actions > 0 && group < layer.prune.size(); ++group) {
      layer.share.push_back(random.below(4) == 0 ? layer.prune[group] : random.uniform());
    }
    if (actions == 1) {
      layer.prune.clear();
    }
  }
}

/// The groups of a network with what each action costs and leaves, for enumeration.
struct three_options {
  std::vector<choose::candidate<2>> layers;
  std::vector<double> sparsity;  // one per resource
  std::vector<double> own;       // of the first layer; empty: none
  std::size_t minimum_kept = 0;
};

/// What a layer uses after some actions, exactly; what no group frees counts in whole units.
double used_by(const choose::candidate<2>& layer, const std::vector<action>& actions, std::size_t r) {
  std::int64_t left = 0;
  std::int64_t freeable = 0;
  std::size_t group = 0;
  for (const auto& run : layer.savings.savings) {
    const std::int64_t all = layer.prune.empty() ? run.sharing[r] : run.saving[r];
    for (std::size_t i = 0; i < run.count; ++i, ++group) {
      freeable += all;
      left += all - (actions[group] == action::keep    ? 0
                     : actions[group] == action::share ? run.sharing[r]
                                                       : run.saving[r]);
    }
  }
  const auto denominator = static_cast<double>(layer.savings.denominator);
  return std::floor(static_cast<double>(layer.savings.usage[r]) - static_cast<double>(freeable) / denominator + 1e-9) +
         static_cast<double>(left) / denominator;
}

/// What an action is worth, counted from the change that a layer has at least.
double worth(const choose::candidate<2>& layer, std::size_t group, action a) {
  const double nothing = layer.prune.empty() ? layer.share[group] : layer.prune[group];
  return a == action::keep ? nothing : a == action::share ? nothing - layer.share[group] : 0;
}

bool allowed(const choose::candidate<2>& layer, action a) {
  return a == action::keep || (a == action::share ? !layer.share.empty() : !layer.prune.empty());
}

/// The largest value over all 3^groups choices that keep within the budgets; -1 if there is none.
double best_of_three(const three_options& network) {
  std::vector<std::vector<action>> actions;
  std::size_t choices = 1;
  for (const auto& layer : network.layers) {
    actions.emplace_back(layer.groups->count());
    for (std::size_t group = 0; group < layer.groups->count(); ++group) {
      choices *= 3;
    }
  }
  double best = -1;
  for (std::size_t choice = 0; choice < choices; ++choice) {
    std::size_t rest = choice;
    double value = 0;
    bool meets = true;
    std::array<double, 2> used{};
    std::array<double, 2> usage{};
    for (std::size_t l = 0; l < actions.size(); ++l) {
      const auto& layer = network.layers[l];
      for (std::size_t group = 0; group < actions[l].size(); ++group, rest /= 3) {
        const action a = std::array{action::keep, action::share, action::prune}[rest % 3];
        actions[l][group] = a;
        meets = meets && allowed(layer, a);
        value += meets ? worth(layer, group, a) : 0;
      }
      meets = meets && std::count(actions[l].begin(), actions[l].end(), action::keep) >=
                           static_cast<std::ptrdiff_t>((std::min)(network.minimum_kept, actions[l].size()));
      for (std::size_t r = 0; r < 2 && meets; ++r) {
        const double here = used_by(layer, actions[l], r);
        used[r] += here;
        usage[r] += static_cast<double>(layer.savings.usage[r]);
        meets = l > 0 || network.own.empty() ||
                here <= std::floor((1 - network.own[0]) * static_cast<double>(layer.savings.usage[r]) + 1e-9) + 1e-9;
      }
    }
    for (std::size_t r = 0; r < 2; ++r) {
      meets = meets && used[r] <= std::floor((1 - network.sparsity[r]) * usage[r] + 1e-9) + 1e-9;
    }
    best = meets ? (std::max)(best, value) : best;
  }
  return best;
}

/// Usage and value are those of the actions, and within the budget.
void check_used(const std::vector<choose::candidate<2>>& layers, const choose::selection& got) {
  double value = 0;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    for (std::size_t group = 0; group < got.layers[l].actions.size(); ++group) {
      REQUIRE(allowed(layers[l], got.layers[l].actions[group]));
      value += worth(layers[l], group, got.layers[l].actions[group]);
    }
  }
  CHECK(got.value == doctest::Approx(value));
  for (std::size_t r = 0; r < 2; ++r) {
    double used = 0;
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const double here = used_by(layers[l], got.layers[l].actions, r);
      used += here;
      CHECK(got.layers[l].used[r] == static_cast<std::int64_t>(std::ceil(here - 1e-9)));
    }
    CHECK(got.used[r] == static_cast<std::int64_t>(std::ceil(used - 1e-9)));
    CHECK(got.used[r] <= got.budget[r]);
  }
}

}  // namespace

TEST_SUITE("select") {
  TEST_CASE("a global selection of one resource is the best of all masks, fractions and fixed usage included") {
    espalier::random_generator random(91);
    for (int trial = 0; trial < 400; ++trial) {
      CAPTURE(trial);
      const auto layers = support::random_candidates<1>(random, 1 + random.below(11));
      check_against_enumeration(layers, {.sparsity = {random.uniform()}, .live = false}, dsp);
    }
  }

  TEST_CASE("a global selection of two resources is the best of all masks, with a sparsity for each") {
    espalier::random_generator random(92);
    for (int trial = 0; trial < 400; ++trial) {
      CAPTURE(trial);
      const auto layers = support::random_candidates<2>(random, 1 + random.below(11));
      check_against_enumeration(layers, {.sparsity = {random.uniform(), random.uniform()}, .live = false}, dsp_bram);
    }
  }

  TEST_CASE("a local selection is the best of each layer on its own") {
    espalier::random_generator random(93);
    for (int trial = 0; trial < 200; ++trial) {
      const auto layers = support::random_candidates<2>(random, 1 + random.below(14));
      const double sparsity = random.uniform();
      const auto got =
          choose::select(layers, {.sparsity = {sparsity}, .scope = choose::scope::local, .live = false}, dsp_bram);
      double value = 0;
      for (std::size_t l = 0; l < layers.size(); ++l) {
        const auto alone = choose::select(std::vector{layers[l]}, {.sparsity = {sparsity}, .live = false}, dsp_bram);
        CHECK(alone.layers[0].actions == got.layers[l].actions);
        CHECK(alone.layers[0].used == got.layers[l].used);
        value += alone.value;
      }
      CHECK(got.value == doctest::Approx(value));
    }
  }

  TEST_CASE("budgets of single layers beside a global one: the best of all masks that keep all of them") {
    espalier::random_generator random(94);
    for (int trial = 0; trial < 300; ++trial) {
      CAPTURE(trial);
      const auto layers = support::random_candidates<2>(random, 2 + random.below(10));
      choose::options o{.sparsity = {0.6 * random.uniform()}, .live = false};
      for (const auto& layer : layers) {
        if (random.below(2) == 0) {
          o.layers.push_back({layer.attributes.name, {random.uniform(), random.uniform()}});
        }
      }
      check_against_enumeration(layers, o, dsp_bram);
    }
  }

  TEST_CASE("in a local selection a layer's own budget takes the place of the common one") {
    const auto layers = std::vector{support::candidate_of<1>("a", {1, 2, 3, 4}, {{4, {1}}}),
                                    support::candidate_of<1>("b", {1, 2, 3, 4}, {{4, {1}}})};
    const auto got =
        choose::select(layers, {.sparsity = {0.5}, .scope = choose::scope::local, .layers = {{"b", {0.25}}}}, dsp);
    CHECK(got.layers[0].used == std::vector<std::int64_t>{2});
    CHECK(got.layers[1].used == std::vector<std::int64_t>{3});
  }

  TEST_CASE("with a minimum of kept groups no layer is cut through, and the value is the best that leaves") {
    espalier::random_generator random(95);
    int optimal = 0;
    for (int trial = 0; trial < 400; ++trial) {
      CAPTURE(trial);
      const auto layers = support::random_candidates<1>(random, 2 + random.below(10));
      const choose::options o{
          .sparsity = {random.uniform()}, .minimum_kept = 1 + static_cast<std::size_t>(random.below(2)), .live = false};
      check_against_enumeration(layers, o, dsp);
      optimal += choose::select(layers, o, dsp).status == status::optimal ? 1 : 0;
    }
    CHECK(optimal > 100);  // feasible is for layers whose groups save different amounts
  }

  TEST_CASE("a minimum that the budget has no room for is kept all the same, and said") {
    const auto layers = std::vector{support::candidate_of<1>("a", {1, 2}, {{2, {3}}}),
                                    support::candidate_of<1>("b", {3, 4}, {{2, {5}}})};
    const auto got = choose::select(layers, {.sparsity = {1}, .minimum_kept = 1}, dsp);
    CHECK(got.status == status::infeasible);
    CHECK(got.out_of_reach == "DSP cannot go below 8, the budget is 0; layer 'b' keeps 5 at least");
    CHECK(got.layers[0].actions == std::vector<action>{action::prune, action::keep});
    CHECK(got.layers[1].actions == std::vector<action>{action::prune, action::keep});
  }

  TEST_CASE("at sparsity 0 everything is kept, also what has no loss; at 1 nothing that costs") {
    espalier::random_generator random(96);
    for (int trial = 0; trial < 200; ++trial) {
      auto layers = support::random_candidates<2>(random, 1 + random.below(12));
      layers[0].prune.assign(layers[0].prune.size(), 0.0);
      const auto all = choose::select(layers, {.sparsity = {0}, .live = false}, dsp_bram);
      const auto none = choose::select(layers, {.sparsity = {1}, .live = false}, dsp_bram);
      for (std::size_t l = 0; l < layers.size(); ++l) {
        std::size_t group = 0;
        for (const auto& run : layers[l].savings.savings) {
          for (std::size_t i = 0; i < run.count; ++i, ++group) {
            CHECK(all.layers[l].actions[group] == action::keep);
            const bool free = run.saving == std::array<std::int64_t, 2>{};
            CHECK(none.layers[l].actions[group] == (free ? action::keep : action::prune));
          }
        }
      }
    }
  }

  TEST_CASE("the reference truncates (1 - 0.9) 100 to 9: here ten are kept") {
    std::vector<double> losses(100);
    std::iota(losses.begin(), losses.end(), 1.0);
    const auto got =
        choose::select(std::vector{support::candidate_of<1>("a", losses, {{100, {1}}})}, {.sparsity = {0.9}}, dsp);
    CHECK(got.budget == std::vector<std::int64_t>{10});
    CHECK(got.used == std::vector<std::int64_t>{10});
  }

  TEST_CASE("the reference scales values by 1e5 and truncates: here a difference of 1e-9 decides") {
    const auto got = choose::select(std::vector{support::candidate_of<1>("a", {0.5, 0.5 + 1e-9}, {{2, {1}}})},
                                    {.sparsity = {0.5}}, dsp);
    CHECK(got.layers[0].actions == std::vector<action>{action::prune, action::keep});
  }

  TEST_CASE("the reference forgets usage that no group frees: it counts against the budget") {
    auto layer = support::candidate_of<1>("a", {1, 2, 3, 4}, {{4, {1}}});
    layer.savings.usage = {8};  // four more than the groups can free
    const auto got = choose::select(std::vector{layer}, {.sparsity = {0.25}}, dsp);
    CHECK(got.budget == std::vector<std::int64_t>{6});
    CHECK(got.used == std::vector<std::int64_t>{6});
    CHECK(got.layers[0].actions == std::vector<action>{action::prune, action::prune, action::keep, action::keep});
  }

  TEST_CASE("a target that even pruning everything misses is out of reach, and resource and layer are named") {
    auto small = support::candidate_of<2>("small", {1, 2}, {{2, {1, 1}}});
    auto large = support::candidate_of<2>("large", {1, 2}, {{2, {1, 1}}});
    small.savings.usage = {2, 3};
    large.savings.usage = {2, 7};
    const auto got = choose::select(std::vector{small, large}, {.sparsity = {0.8}}, dsp_bram);
    CHECK(got.status == status::infeasible);
    CHECK(got.out_of_reach == "BRAM cannot go below 6, the budget is 2; layer 'large' keeps 5 that no group frees");
    for (const auto& layer : got.layers) {
      CHECK(layer.actions == std::vector<action>{action::prune, action::prune});
    }
    CHECK(got.used == std::vector<std::int64_t>{0, 6});
  }

  TEST_CASE("usage that is only a rounding up of fractions is no obstacle to a target of nothing") {
    auto layer = support::candidate_of<1>("a", {1, 2, 3}, {{3, {1}}});
    layer.savings.denominator = 2;
    layer.savings.usage = {2};  // ceil(3 / 2)
    const auto got = choose::select(std::vector{layer}, {.sparsity = {1}}, dsp);
    CHECK(got.out_of_reach.empty());
    CHECK(got.used == std::vector<std::int64_t>{0});
    CHECK(choose::select(std::vector{layer}, {.sparsity = {0.5}}, dsp).layers[0].actions ==
          std::vector<action>{action::prune, action::keep, action::keep});
  }

  TEST_CASE("of equal losses the lowest index is kept") {
    const auto got =
        choose::select(std::vector{support::candidate_of<1>("a", {1, 1, 1, 1}, {{4, {1}}})}, {.sparsity = {0.5}}, dsp);
    CHECK(got.layers[0].actions == std::vector<action>{action::keep, action::keep, action::prune, action::prune});
  }

  TEST_CASE("the cheaper action is taken, and a tie means prune") {
    auto layer = support::candidate_of<1>("a", {2, 2, 2}, {{3, {1}}});
    layer.share = {1, 2, 3};
    const choose::options all{.sparsity = {1}, .sharing_saves = choose::sharing_saves::what_pruning_saves};
    const auto got = choose::select(std::vector{layer}, all, dsp);
    CHECK(got.layers[0].actions == std::vector<action>{action::share, action::prune, action::prune});
    layer.prune.clear();
    CHECK(choose::select(std::vector{layer}, all, dsp).layers[0].actions ==
          std::vector<action>{action::share, action::share, action::share});
  }

  TEST_CASE("groups are kept, shared and pruned as is best among all choices, in every resource") {
    espalier::random_generator random(103);
    int shared = 0;
    for (int trial = 0; trial < 400; ++trial) {
      auto layers = support::random_candidates<2>(random, 1 + random.below(7));
      share_some(random, layers);
      const std::vector<double> sparsity{random.uniform(), random.below(4) == 0 ? 1 : random.uniform()};
      const auto best = best_of_three({layers, sparsity, {}});
      const auto got = choose::select(layers, {.sparsity = sparsity, .live = false}, dsp_bram);
      REQUIRE((got.status == status::infeasible) == (best < 0));
      if (best >= 0) {
        CHECK(got.status == status::optimal);
        CHECK(got.value == doctest::Approx(best));
        CHECK(got.bound == doctest::Approx(best));
        check_used(layers, got);
      }
      for (const auto& layer : got.layers) {
        shared += static_cast<int>(std::count(layer.actions.begin(), layer.actions.end(), action::share));
      }
    }
    CHECK(shared > 100);
  }

  TEST_CASE("with sharing, too, layers keep within budgets of their own and keep their minimum") {
    espalier::random_generator random(107);
    for (int trial = 0; trial < 400; ++trial) {
      auto layers = support::random_candidates<2>(random, 1 + random.below(7));
      share_some(random, layers);
      const double own = random.uniform();
      const std::size_t least = random.below(2);
      const auto best = best_of_three({layers, {0.4, 0.3}, {own}, least});
      const choose::options options{
          .sparsity = {0.4, 0.3}, .layers = {{layers[0].attributes.name, {own}}}, .minimum_kept = least, .live = false};
      const auto got = choose::select(layers, options, dsp_bram);
      if (got.status != status::infeasible) {
        CHECK(best >= 0);
        CHECK(got.value <= best + 1e-9);
        CHECK(got.bound >= best - 1e-9);
        CHECK((got.status != status::optimal || got.value == doctest::Approx(best)));
        check_used(layers, got);
        for (const auto& layer : got.layers) {
          CHECK(std::count(layer.actions.begin(), layer.actions.end(), action::keep) >=
                static_cast<std::ptrdiff_t>((std::min)(least, layer.actions.size())));
        }
      }
      CHECK((least > 0 || (got.status == status::infeasible) == (best < 0)));
    }
  }

  TEST_CASE("each layer on its own shares as is best for it") {
    espalier::random_generator random(109);
    for (int trial = 0; trial < 100; ++trial) {
      auto layers = support::random_candidates<2>(random, 2 + random.below(6));
      share_some(random, layers);
      const auto got =
          choose::select(layers, {.sparsity = {0.5}, .scope = choose::scope::local, .live = false}, dsp_bram);
      double sum = 0;
      bool reachable = true;
      for (const auto& layer : layers) {
        const double best = best_of_three({{layer}, {0.5, 0.5}, {}});
        sum += best;
        reachable = reachable && best >= 0;
      }
      if (reachable) {
        CHECK(got.value == doctest::Approx(sum));
      }
    }
  }

  TEST_CASE(
      "what saves nothing is not done: a group that may be shared is kept or pruned, one that may only be is kept") {
    auto layer = support::candidate_of<1>("a", {1, 2, 3}, {{3, {2}}});
    layer.share = {0, 0, 0};
    const auto got = choose::select(std::vector{layer}, {.sparsity = {0.5}}, dsp);
    CHECK(got.layers[0].actions == std::vector<action>{action::prune, action::prune, action::keep});
    CHECK(got.value == 3);
    layer.prune.clear();
    const auto kept = choose::select(std::vector{layer}, {.sparsity = {0.5}}, dsp);
    CHECK(kept.layers[0].actions == std::vector<action>{action::keep, action::keep, action::keep});
    CHECK(kept.status == status::infeasible);
    CHECK(kept.out_of_reach == "DSP cannot go below 6, the budget is 3; layer 'a' keeps 6 that no group frees");
  }

  TEST_CASE("a shared group without a path is given up like a kept one") {
    auto first = support::candidate_of<1>("first", {5, 0.1}, {{2, {2}}});
    auto second = support::candidate_of<1>("second", {5, 3}, {{2, {2}, {1}}});
    second.attributes.kernel_shape = {2, 1};
    second.attributes.inbound = {"first"};
    second.share = {4.9, 0.1};
    choose::options o{.sparsity = {0.375}, .live = false};
    CHECK(choose::select(std::vector{first, second}, o, dsp).layers[1].actions ==
          std::vector<action>{action::keep, action::share});
    o.live = true;
    const auto got = choose::select(std::vector{first, second}, o, dsp);
    CHECK(got.layers[0].actions == std::vector<action>{action::keep, action::prune});
    CHECK(got.layers[1].actions == std::vector<action>{action::keep, action::prune});
  }

  TEST_CASE("past a limit the bound says how far from the best choice it can be") {
    espalier::random_generator random(113);
    for (int trial = 0; trial < 100; ++trial) {
      auto layers = support::random_candidates<2>(random, 7);
      share_some(random, layers);
      choose::options o{.sparsity = {0.5}, .live = false};
      o.knapsack.work_limit = 1;
      const auto got = choose::select(layers, o, dsp_bram);
      if (got.status != status::infeasible) {
        const double best = best_of_three({layers, {0.5, 0.5}, {}});
        CHECK(got.value <= best + 1e-9);
        CHECK(got.bound >= best - 1e-9);
        check_used(layers, got);
      }
    }
  }

  TEST_CASE("with sparsity 0 nothing is shared, with 1 only what frees all") {
    auto layer = support::candidate_of<1>("a", {0, 2, 3}, {{2, {2}, {1}}, {1, {2}, {2}}});
    layer.share = {0, 1, 1};
    const std::vector layers{layer};
    CHECK(choose::select(layers, {.sparsity = {0}}, dsp).layers[0].actions ==
          std::vector<action>{action::keep, action::keep, action::keep});
    CHECK(choose::select(layers, {.sparsity = {1}}, dsp).layers[0].actions ==
          std::vector<action>{action::prune, action::prune, action::share});
  }

  TEST_CASE("layers in another order are decided alike") {
    espalier::random_generator random(97);
    for (int trial = 0; trial < 100; ++trial) {
      auto layers = support::random_candidates<2>(random, 2 + random.below(12));
      for (auto& layer : layers) {
        for (double& loss : layer.prune) {
          loss = random.uniform();  // no ties, so that there is one optimum
        }
      }
      const choose::options o{.sparsity = {random.uniform()}, .live = false};
      const auto straight = choose::select(layers, o, dsp_bram);
      std::reverse(layers.begin(), layers.end());
      const auto turned = choose::select(layers, o, dsp_bram);
      CHECK(straight.value == doctest::Approx(turned.value));
      for (std::size_t l = 0; l < layers.size(); ++l) {
        CHECK(straight.layers[l].actions == turned.layers[layers.size() - 1 - l].actions);
      }
    }
  }

  TEST_CASE("a layer that does not take part is untouched and not in the budget: the reference zeroes or forgets it") {
    auto left_alone = support::candidate_of<1>("b", {1, 2}, {{2, {50}}});
    left_alone.groups.reset();
    left_alone.savings.note = "left alone as asked";
    const auto got = choose::select(std::vector{support::candidate_of<1>("a", {1, 2}, {{2, {1}}}), left_alone},
                                    {.sparsity = {0.5}}, dsp);
    CHECK(got.usage == std::vector<std::int64_t>{2});
    CHECK(got.layers[1].actions.empty());
    CHECK(got.layers[1].note == "left alone as asked");
    CHECK(got.layers[1].used == std::vector<std::int64_t>{100});
  }

  TEST_CASE("what an objective remarks on a layer that takes part is in the decision: a moved reuse factor") {
    auto layer = support::candidate_of<1>("a", {1, 2}, {{2, {1}}});
    layer.savings.remark = "reuse factor 5 moved to 4";
    CHECK(choose::select(std::vector{layer}, {.sparsity = {0.5}}, dsp).layers[0].note == "reuse factor 5 moved to 4");
  }

  TEST_CASE("no layers, no layer that takes part, savings of nothing at all: all are legal") {
    CHECK(choose::select(std::vector<choose::candidate<1>>{}, {}, dsp).status == status::optimal);
    const auto free = support::candidate_of<2>("a", {1, 2}, {{2, {0, 1}}});
    const auto got = choose::select(std::vector{free}, {.sparsity = {0.5}}, dsp_bram);
    CHECK(got.used == std::vector<std::int64_t>{0, 1});
    const auto nothing = support::candidate_of<1>("a", {1, 2}, {{2, {0}}});
    CHECK(choose::select(std::vector{nothing}, {.sparsity = {1}}, dsp).layers[0].actions ==
          std::vector<action>{action::keep, action::keep});
  }

  TEST_CASE("a group without a path to an output gives its place to one that has a path") {
    // Two inputs, three neurons, one output. The second neuron's only consumer is weak and goes first.
    auto first = support::candidate_of<1>("first", {5, 4, 3.9, 0.05, 0.04, 0.03}, {{6, {1}}});
    first.attributes.kernel_shape = {2, 3};
    auto second = support::candidate_of<1>("second", {3, 0.1, 2}, {{3, {1}}});
    second.attributes.kernel_shape = {3, 1};
    second.attributes.inbound = {"first"};
    const double five_of_nine = 4.0 / 9;
    const auto blind = choose::select(std::vector{first, second}, {.sparsity = {five_of_nine}, .live = false}, dsp);
    CHECK(kept(blind.layers[0]) == std::vector<std::size_t>{0, 1, 2});
    CHECK(kept(blind.layers[1]) == std::vector<std::size_t>{0, 2});
    const auto live = choose::select(std::vector{first, second}, {.sparsity = {five_of_nine}}, dsp);
    CHECK(kept(live.layers[0]) == std::vector<std::size_t>{0, 2, 3});
    CHECK(kept(live.layers[1]) == std::vector<std::size_t>{0, 2});
    CHECK(live.live_rounds == 2);
  }

  TEST_CASE(
      "the DSP blocks that masked kernels really need are those that are said to be used, and within the budget") {
    espalier::random_generator random(98);
    for (int trial = 0; trial < 200; ++trial) {
      std::vector<espalier::attributes::layer_attributes> layers;
      std::vector<std::vector<double>> kernels;
      std::vector<choose::candidate<1>> candidates;
      for (std::size_t l = 0; l < 3; ++l) {
        layers.push_back(support::random_layer(random, "layer " + std::to_string(l)));
        kernels.push_back(support::random_numbers(random, layers[l].kernel_shape.size()));
        candidates.push_back(choose::make_candidate(layers[l], espalier::objective::vivado_dsp{}(layers[l]),
                                                    espalier::rank::weight_data<double>{kernels[l], {}},
                                                    choose::valuation<espalier::rank::l1, espalier::rank::lamp>{}));
      }
      const auto got = choose::select(candidates, {.sparsity = {random.uniform()}}, dsp);
      for (std::size_t l = 0; l < 3; ++l) {
        if (candidates[l].groups) {
          const auto made = espalier::mask::make_mask<double>(*candidates[l].groups, got.layers[l].actions, kernels[l]);
          made.apply(std::span(kernels[l]));
          CHECK(got.layers[l].used[0] == multipliers(layers[l], candidates[l].savings.reuse_factor, kernels[l]));
        }
      }
      CHECK(got.used[0] <= got.budget[0]);
    }
  }

  TEST_CASE("sparsities outside 0 to 1, or of another number, are refused") {
    const auto layers = std::vector{support::candidate_of<1>("a", {1, 2}, {{2, {1}}})};
    for (const double sparsity : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
      CHECK_THROWS_AS(static_cast<void>(choose::select(layers, {.sparsity = {sparsity}}, dsp)),
                      espalier::argument_error);
      CHECK_THROWS_AS(static_cast<void>(choose::select(layers, {.layers = {{"a", {sparsity}}}}, dsp)),
                      espalier::argument_error);
    }
    CHECK_THROWS_AS(static_cast<void>(choose::select(layers, {.sparsity = {}}, dsp)), espalier::shape_error);
    CHECK_THROWS_AS(static_cast<void>(choose::select(layers, {.sparsity = {0.1, 0.2}}, dsp)), espalier::shape_error);
    CHECK_THROWS_AS(static_cast<void>(choose::select(layers, {.layers = {{"a", {}}}}, dsp)), espalier::shape_error);
  }

  TEST_CASE("a budget of a layer that does not exist is refused with the closest name") {
    const auto layers = std::vector{support::candidate_of<1>("hidden_1", {1, 2}, {{2, {1}}})};
    CHECK_THROWS_WITH_AS(static_cast<void>(choose::select(layers, {.layers = {{"hiden_1", {0.5}}}}, dsp)),
                         "espalier::select::select: got a budget of layer 'hiden_1', expected the name of a layer, "
                         "such as 'hidden_1'",
                         espalier::argument_error);
  }

  TEST_CASE("two layers of one name are refused") {
    const auto layers = std::vector{support::candidate_of<1>("a", {1, 2}, {{2, {1}}}),
                                    support::candidate_of<1>("b", {1, 2}, {{2, {1}}}),
                                    support::candidate_of<1>("a", {1, 2}, {{2, {1}}})};
    CHECK_THROWS_WITH_AS(static_cast<void>(choose::select(layers, {}, dsp)),
                         "espalier::select::select: got two layers with the name 'a', expected names that differ",
                         espalier::argument_error);
  }

  TEST_CASE("losses that are negative, not finite, missing or too few are refused by layer and group") {
    for (const double loss :
         {-1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
      auto layer = support::candidate_of<1>("a", {1, loss}, {{2, {1}}});
      CHECK_THROWS_AS(static_cast<void>(choose::select(std::vector{layer}, {}, dsp)), espalier::argument_error);
      layer.prune = {1, 1};
      layer.share = {loss, 1};
      CHECK_THROWS_AS(static_cast<void>(choose::select(std::vector{layer}, {}, dsp)), espalier::argument_error);
    }
    auto layer = support::candidate_of<1>("a", {1, -2}, {{2, {1}}});
    CHECK_THROWS_WITH_AS(static_cast<void>(choose::select(std::vector{layer}, {}, dsp)),
                         "espalier::select::select: got loss -2.000000 of group 1 of layer 'a', expected finite losses "
                         ">= 0",
                         espalier::argument_error);
    layer.prune = {1};
    CHECK_THROWS_AS(static_cast<void>(choose::select(std::vector{layer}, {}, dsp)), espalier::shape_error);
    layer.prune.clear();
    CHECK_THROWS_AS(static_cast<void>(choose::select(std::vector{layer}, {}, dsp)), espalier::argument_error);
  }

  TEST_CASE("reuse factors whose common multiple no int64 holds are refused by the layer's name") {
    std::vector<choose::candidate<1>> layers;
    for (const std::int64_t prime : {2147483647LL, 2147483629LL, 2147483587LL}) {
      layers.push_back(support::candidate_of<1>("prime " + std::to_string(prime), {1, 2}, {{2, {1}}}));
      layers.back().savings.denominator = prime;
    }
    CHECK_THROWS_AS(static_cast<void>(choose::select(layers, {}, dsp)), espalier::argument_error);
  }
}
