// SPDX-License-Identifier: Apache-2.0
#include <espalier/select/make_candidate.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <espalier/mask/make_mask.hpp>
#include <espalier/objective/gpu_flops.hpp>
#include <espalier/objective/parameters.hpp>
#include <espalier/objective/vivado_dsp.hpp>
#include <espalier/objective/vivado_dsp_bram.hpp>
#include <espalier/objective/vivado_ff.hpp>
#include <espalier/rank/l1.hpp>
#include <espalier/rank/l2.hpp>
#include <espalier/rank/lamp.hpp>
#include <espalier/rank/layer_maximum.hpp>
#include <espalier/rank/no_normalization.hpp>
#include <espalier/rank/oracle.hpp>
#include <espalier/select/select.hpp>

#include "support/random_layers.hpp"

/// Counts what the whole program allocates.
namespace {
std::atomic<std::size_t> allocations = 0;
}
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) {
    return memory;
  }
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace attributes = espalier::attributes;
namespace choose = espalier::select;
namespace objective = espalier::objective;
namespace rank = espalier::rank;
namespace structure = espalier::structure;

namespace {

attributes::layer_attributes dense(std::size_t inputs, std::size_t outputs) {
  attributes::layer_attributes layer;
  layer.name = "hidden";
  layer.kernel_shape = {inputs, outputs};
  return layer;
}

template <class Ranking, class Normalization>
choose::candidate<1> make(const attributes::layer_attributes& layer, const std::vector<double>& kernel) {
  return choose::make_candidate(layer, objective::parameters{}(layer), rank::weight_data<double>{kernel, {}},
                                choose::valuation<Ranking, Normalization>{});
}

/// What it takes to rank, select and mask a layer.
template <class Ranking, class Normalization, class Objective>
std::size_t allocations_of(const attributes::layer_attributes& layer, const Objective& objective) {
  espalier::random_generator random(161);
  const auto kernel = support::random_numbers(random, layer.kernel_shape.size());
  const std::size_t before = allocations;
  std::vector<choose::candidate<1>> candidates;
  candidates.push_back(choose::make_candidate(layer, objective(layer), rank::weight_data<double>{kernel, {}},
                                              choose::valuation<Ranking, Normalization>{}));
  const structure::grouping groups = *candidates[0].groups;
  const auto chosen = choose::select(std::move(candidates), {}, Objective::resources);
  const auto mask = espalier::mask::make_mask<double>(groups, chosen.layers[0].actions, kernel);
  CHECK(mask.mask.size() == kernel.size());
  return allocations - before;
}

/// A layer of any kind, with a rule of its own where the objective can count for it, and any actions.
template <class Objective>
attributes::layer_attributes any_layer(espalier::random_generator& random, const std::string& name) {
  auto layer = support::random_layer(random, name);
  layer.optimizable = random.below(6) != 0;
  layer.prune = random.below(5) != 0;
  layer.share = random.below(2) == 0;
  layer.grouped_by = support::random_rule(random, grouping_shape(layer));
  try {
    static_cast<void>(Objective{}(layer));
  } catch (const espalier::argument_error&) {
    layer.grouped_by.reset();
  }
  return layer;
}

/// Checks what a selection owes, whatever the network: the budget, savings as the objective says, masks as decided.
template <class Objective>
void expect_sound(espalier::random_generator& random) {
  constexpr std::size_t resources = Objective::resources.size();
  std::vector<choose::candidate<resources>> candidates;
  std::vector<std::vector<double>> kernels;
  for (std::size_t l = 1 + random.below(4); l > 0; --l) {
    const auto layer = any_layer<Objective>(random, "layer " + std::to_string(l));
    kernels.push_back(support::random_numbers(random, layer.kernel_shape.size()));
    candidates.push_back(choose::make_candidate(layer, Objective{}(layer),
                                                rank::weight_data<double>{kernels.back(), {}},
                                                choose::valuation<rank::l1, rank::lamp>{}));
  }
  const double sparsity = random.below(4) == 0 ? static_cast<double>(random.below(2)) : random.uniform();
  const auto chosen = choose::select(candidates, {.sparsity = {sparsity}}, Objective::resources);
  std::array<double, resources> used{};
  for (std::size_t l = 0; l < candidates.size(); ++l) {
    const auto& c = candidates[l];
    const auto& actions = chosen.layers[l].actions;
    CHECK(actions.empty() == !c.groups.has_value());
    if (!c.groups) {
      CHECK_FALSE(chosen.layers[l].note.empty());
      continue;
    }
    std::size_t group = 0;
    for (const auto& run : c.savings.savings) {
      for (const std::size_t end = group + run.count; group < end; ++group) {
        const bool kept = actions[group] == espalier::mask::action::keep;
        const bool costs = run.saving != std::array<std::int64_t, resources>{};
        CHECK((kept || (costs && sparsity > 0)));
        CHECK((c.attributes.prune || actions[group] != espalier::mask::action::prune));
        CHECK((c.attributes.share || actions[group] != espalier::mask::action::share));
        for (std::size_t r = 0; r < resources; ++r) {
          const std::int64_t freed = kept ? 0
                                     : c.attributes.prune && actions[group] == espalier::mask::action::prune
                                         ? run.saving[r]
                                         : run.sharing[r];
          used[r] -= static_cast<double>(freed) / static_cast<double>(c.savings.denominator);
        }
      }
    }
    for (std::size_t r = 0; r < resources; ++r) {
      used[r] += static_cast<double>(c.savings.usage[r]);
    }
  }
  for (std::size_t r = 0; r < resources; ++r) {
    CAPTURE(Objective::name);
    CAPTURE(sparsity);
    // What rounding a layer's usage up has added may be gone, a unit for each layer at most.
    CHECK(static_cast<double>(chosen.used[r]) <= used[r] + 1 - 1e-9);
    CHECK(static_cast<double>(chosen.used[r]) >= used[r] - static_cast<double>(candidates.size()));
    CHECK((chosen.used[r] <= chosen.budget[r] || !chosen.out_of_reach.empty()));
  }
}

/// A ranking that is wrong.
struct below_nothing {
  static constexpr rank::data needs = rank::data::nothing;
  [[nodiscard]] static double cost(double change, double /*datum*/) { return -change; }
  [[nodiscard]] static double finish(double sum) { return sum; }
};

}  // namespace

TEST_SUITE("select") {
  TEST_CASE("nothing is allocated per group, from weights to masks") {
    // 32 times as many groups: vectors that grow double five times more, and the search may be a longer one.
    const std::size_t few = 1000 * 2;
    const std::size_t many = 32'000 * 2;
    const auto expect_alike = [](std::size_t small, std::size_t large) {
      CHECK(small > 0);
      CHECK(large <= small + many / 2 / 20);
    };
    for (const bool share : {false, true}) {
      auto small = dense(2, few / 2);
      auto large = dense(2, many / 2);
      small.share = large.share = share;
      expect_alike(allocations_of<rank::l1, rank::lamp>(small, objective::parameters{}),
                   allocations_of<rank::l1, rank::lamp>(large, objective::parameters{}));
      small.grouped_by = large.grouped_by = structure::structured{};
      expect_alike(allocations_of<rank::l2, rank::layer_maximum>(small, objective::parameters{}),
                   allocations_of<rank::l2, rank::layer_maximum>(large, objective::parameters{}));
      small.grouped_by.reset();
      large.grouped_by.reset();
      small.hls.strategy = large.hls.strategy = espalier::hls::strategy::resource;
      small.hls.reuse_factor = large.hls.reuse_factor = 2;
      expect_alike(allocations_of<rank::l1, rank::lamp>(small, objective::vivado_dsp{}),
                   allocations_of<rank::l1, rank::lamp>(large, objective::vivado_dsp{}));
    }
  }

  TEST_CASE("over random networks, objectives, rules and actions the budget holds and layers are used as decided") {
    espalier::random_generator random(165);
    for (int trial = 0; trial < 250; ++trial) {
      CAPTURE(trial);
      expect_sound<objective::parameters>(random);
      expect_sound<objective::gpu_flops>(random);
      expect_sound<objective::vivado_dsp>(random);
      expect_sound<objective::vivado_dsp_bram>(random);
      expect_sound<objective::vivado_ff>(random);
    }
  }

  TEST_CASE("losses are divided by what the normalization says, and 0 / 0 is 0") {
    CHECK(make<rank::l1, rank::layer_maximum>(dense(1, 3), {1, -4, 2}).prune == std::vector<double>{0.25, 1, 0.5});
    CHECK(make<rank::l1, rank::layer_maximum>(dense(1, 3), {0, 0, 0}).prune == std::vector<double>{0, 0, 0});
    CHECK(make<rank::l1, rank::no_normalization>(dense(1, 3), {1, -4, 2}).prune == std::vector<double>{1, 4, 2});
  }

  TEST_CASE("the reference's scale empties a layer with one large weight: with lamp none collapses") {
    // 49 of 50 weights of the first layer are small beside its largest, but as good as any of the second among their
    // own.
    espalier::random_generator random(163);
    std::vector<double> outlier = support::random_numbers(random, 50);
    const std::vector<double> even = support::random_numbers(random, 50);
    outlier[7] = 20;
    const auto kept_of_first = [&]<class Normalization>(Normalization) {
      auto second = dense(50, 1);
      second.name = "output";
      const std::vector<choose::candidate<1>> layers{make<rank::l1, Normalization>(dense(1, 50), outlier),
                                                     make<rank::l1, Normalization>(second, even)};
      const auto chosen = choose::select(layers, {.sparsity = {0.8}, .live = false}, objective::parameters::resources);
      const auto& actions = chosen.layers[0].actions;
      return std::count(actions.begin(), actions.end(), espalier::mask::action::keep);
    };
    CHECK(kept_of_first(rank::layer_maximum{}) == 1);
    CHECK(kept_of_first(rank::lamp{}) > 1);
  }

  TEST_CASE("lamp takes the square of l2, other normalizations the length") {
    auto layer = dense(2, 2);
    layer.grouped_by = structure::structured{};
    const std::vector<double> kernel{3, 1, 4, 0};  // neurons of length 5 and 1
    CHECK(make<rank::l2, rank::no_normalization>(layer, kernel).prune == std::vector<double>{5, 1});
    CHECK(make<rank::l2, rank::lamp>(layer, kernel).prune == std::vector<double>{1, 1.0 / 26});
  }

  TEST_CASE("sharing is divided by the same number as pruning") {
    auto layer = dense(2, 2);
    layer.grouped_by = structure::structured{};
    layer.share = true;
    const auto c = make<rank::l1, rank::layer_maximum>(layer, {3, 1, 5, 1});
    CHECK(c.prune == std::vector<double>{1, 0.25});
    CHECK(c.share == std::vector<double>{0.25, 0});
  }

  TEST_CASE("sharing needs groups of two weights: single weights have no such action") {
    auto layer = dense(1, 3);
    layer.share = true;
    CHECK(make<rank::l1, rank::layer_maximum>(layer, {1, 2, 3}).share.empty());
    layer.prune = false;
    const auto none = make<rank::l1, rank::layer_maximum>(layer, {1, 2, 3});
    CHECK_FALSE(none.groups);
    CHECK(none.savings.note == "no action is on");
  }

  TEST_CASE("where weights are almost equal, sharing them frees columns of block RAM and pruning is left alone") {
    auto layer = dense(10, 9);
    layer.share = true;
    layer.hls.strategy = espalier::hls::strategy::resource;
    layer.hls.reuse_factor = 2;
    layer.hls.weight_width = 16;
    espalier::random_generator random(164);
    std::vector<double> kernel = support::random_numbers(random, 90);
    for (double& weight : kernel) {
      weight = 1 + 0.01 * weight;
    }
    const objective::vivado_dsp_bram objective;
    const auto made = choose::make_candidate(layer, objective(layer), rank::weight_data<double>{kernel, {}},
                                             choose::valuation<rank::l1, rank::lamp>{});
    const auto chosen = choose::select(std::vector{made}, {.sparsity = {0, 0.5}}, objective.resources);
    const auto& actions = chosen.layers[0].actions;
    CHECK(std::count(actions.begin(), actions.end(), espalier::mask::action::prune) == 0);
    CHECK(std::count(actions.begin(), actions.end(), espalier::mask::action::share) > 0);
    CHECK(chosen.used[0] == 45);  // every row is still multiplied
    CHECK(chosen.used[1] <= 10);  // of 20 columns
    const auto mask = espalier::mask::make_mask<double>(*made.groups, actions, kernel);
    CHECK(mask.offset.size() == kernel.size());
  }

  TEST_CASE("a short group of one weight among larger ones is pruned rather than shared") {
    auto layer = dense(3, 3);
    layer.grouped_by = structure::block{2, 2};
    layer.share = true;
    const std::vector<double> kernel{1, 2, 3, 4, 5, 6, 7, 8, 9};
    const auto both = make<rank::l1, rank::no_normalization>(layer, kernel);
    CHECK(both.prune.back() == 9);
    CHECK(both.share.back() == 9);  // a tie, which means prune
  }

  TEST_CASE("where only sharing is on, a group of one weight saves nothing and is kept") {
    auto layer = dense(3, 3);
    layer.grouped_by = structure::block{2, 2};
    layer.share = true;
    layer.prune = false;
    const auto c = make<rank::l1, rank::no_normalization>(layer, {1, 2, 3, 4, 5, 6, 7, 8, 9});
    CHECK(c.savings.savings == std::vector<objective::saving_run<1>>{{1, {4}, {3}}, {2, {2}, {1}}, {1, {0}}});
    const auto chosen =
        choose::select(std::vector{c}, {.sparsity = {1}, .live = false}, objective::parameters::resources);
    CHECK(chosen.layers[0].actions.back() == espalier::mask::action::keep);
  }

  TEST_CASE("a layer that cannot save, or that the user leaves alone, has no groups and a note") {
    auto layer = dense(2, 2);
    layer.optimizable = false;
    const auto alone = make<rank::l1, rank::layer_maximum>(layer, {1, 2, 3, 4});
    CHECK_FALSE(alone.groups);
    CHECK(alone.savings.note == "left alone as asked");
    layer.optimizable = true;
    layer.hls.weight_width = 8;
    const std::vector<double> kernel{1, 2, 3, 4};
    const auto narrow =
        choose::make_candidate(layer, objective::vivado_dsp{}(layer), rank::weight_data<double>{kernel, {}},
                               choose::valuation<rank::l1, rank::layer_maximum>{});
    CHECK_FALSE(narrow.groups);
    CHECK(narrow.savings.note == "weights of 8 bits use no DSP (fewer than 9)");
  }

  TEST_CASE("groups that depend on scores are formed by what pruning single weights costs") {
    auto layer = dense(4, 1);
    layer.grouped_by = structure::n_of_m{2, 4};
    const auto c = make<rank::l1, rank::no_normalization>(layer, {4, -1, 3, -2});
    CHECK(c.prune == std::vector<double>{3, 7});
    CHECK(c.savings.savings == std::vector<objective::saving_run<1>>{{1, {2}, {1}}, {1, {0}}});
    layer = dense(1, 4);
    layer.grouped_by = structure::round_to{2};
    CHECK(make<rank::l1, rank::no_normalization>(layer, {4, -1, 3, -2}).prune == std::vector<double>{3, 7});
  }

  TEST_CASE("a network in 2:4 keeps the two largest of every four, and rounding removes units in steps") {
    espalier::random_generator random(101);
    auto layer = dense(8, 3);
    layer.grouped_by = structure::n_of_m{2, 4};
    const auto kernel = support::random_numbers(random, 24);
    const auto c = make<rank::l1, rank::layer_maximum>(layer, kernel);
    const auto chosen =
        choose::select(std::vector{c}, {.sparsity = {0.5}, .live = false}, objective::parameters::resources);
    CHECK(chosen.used == std::vector<std::int64_t>{12});
    auto wide = dense(2, 11);
    wide.grouped_by = structure::round_to{4};
    const auto units = make<rank::l1, rank::layer_maximum>(wide, support::random_numbers(random, 22));
    const auto some =
        choose::select(std::vector{units}, {.sparsity = {0.2}, .live = false}, objective::parameters::resources);
    CHECK(some.used == std::vector<std::int64_t>{14});  // 22 - 4 units of 2
  }

  TEST_CASE("numbers of another size or not finite are refused by layer and by what they are") {
    const auto layer = dense(2, 2);
    const std::vector<double> kernel{1, 2, 3, 4};
    std::vector<double> gradient{1, 2, 3};
    const auto rank_by_gradient = [&] {
      static_cast<void>(choose::make_candidate(layer, objective::parameters{}(layer),
                                               rank::weight_data<double>{kernel, gradient},
                                               choose::valuation<rank::oracle, rank::lamp>{}));
    };
    CHECK_THROWS_WITH_AS(
        rank_by_gradient(),
        "espalier::select::make_candidate: got layer 'hidden' with 3 numbers of the gradient, expected "
        "4, one per weight",
        espalier::shape_error);
    gradient = {1, 2, 3, std::numeric_limits<double>::quiet_NaN()};
    CHECK_THROWS_WITH_AS(rank_by_gradient(),
                         "espalier::select::make_candidate: got layer 'hidden' with number 3 of the gradient not "
                         "finite, expected finite numbers",
                         espalier::numeric_error);
    CHECK_THROWS_AS(static_cast<void>(make<rank::l1, rank::lamp>(layer, {1, 2, 3})), espalier::shape_error);
  }

  TEST_CASE("a ranking of the user's own that gives negative losses is refused with layer and group") {
    CHECK_THROWS_WITH_AS(static_cast<void>(make<below_nothing, rank::lamp>(dense(2, 2), {1, 2, 3, 4})),
                         "espalier::select::make_candidate: got loss -1.000000 of group 0 of layer 'hidden', expected "
                         "finite losses >= 0",
                         espalier::argument_error);
  }

  TEST_CASE("an objective of the user's own that gets its numbers wrong is refused with the layer's name") {
    const auto layer = dense(2, 2);
    const std::vector<double> kernel{1, 2, 3, 4};
    const auto refuse = [&](const objective::layer_savings<1>& savings) {
      CHECK_THROWS_AS(static_cast<void>(choose::make_candidate(layer, savings, rank::weight_data<double>{kernel, {}},
                                                               choose::valuation<rank::l1, rank::layer_maximum>{})),
                      espalier::argument_error);
    };
    objective::layer_savings<1> savings;
    savings.rule = structure::structured{};
    savings.usage = {4};
    savings.savings = {{3, {1}}};
    CHECK_THROWS_WITH_AS(static_cast<void>(choose::make_candidate(layer, savings, rank::weight_data<double>{kernel, {}},
                                                                  choose::valuation<rank::l1, rank::layer_maximum>{})),
                         "espalier::select::make_candidate: got layer 'hidden' with savings of 3 groups, expected 2, "
                         "as its rule makes",
                         espalier::argument_error);
    savings.savings = {{2, {-1}}};
    refuse(savings);
    savings.savings = {{2, {1}, {-1}}};
    refuse(savings);
    savings.savings = {{2, {1}, {2}}};
    CHECK_THROWS_WITH_AS(static_cast<void>(choose::make_candidate(layer, savings, rank::weight_data<double>{kernel, {}},
                                                                  choose::valuation<rank::l1, rank::layer_maximum>{})),
                         "espalier::select::make_candidate: got layer 'hidden' with a saving of 2 by sharing, expected "
                         "0 to what pruning saves, 1",
                         espalier::argument_error);
    savings.savings = {{2, {1}}};
    savings.denominator = 0;
    refuse(savings);
    savings.denominator = 1;
    savings.usage = {-4};
    refuse(savings);
  }
}
