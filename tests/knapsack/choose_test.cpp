// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/choose.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <espalier/base/random_generator.hpp>
#include <espalier/knapsack/solve.hpp>

#include "support/knapsack_problems.hpp"

namespace knapsack = espalier::knapsack;

namespace {

struct owned_choices {
  std::vector<double> values;
  knapsack::choice_problem<double> problem;

  const knapsack::choice_problem<double>& get() {
    problem.values = values;
    return problem;
  }
};

/// Classes with up to four options, the first of which weighs least; values of several kinds.
owned_choices random_choices(espalier::random_generator& random, std::size_t groups, std::size_t resources,
                             std::uint64_t largest) {
  owned_choices result;
  const std::size_t classes = 1 + random.below(3);
  std::vector<std::size_t> first;
  std::vector<std::int64_t> total(resources, 0);
  for (std::size_t c = 0; c < classes; ++c) {
    first.push_back(result.problem.weights.size());
    result.problem.options.push_back(1 + random.below(4));
    const auto lightest = static_cast<std::int64_t>(random.below(3));
    for (std::size_t o = 0; o < result.problem.options[c]; ++o) {
      for (std::size_t r = 0; r < resources; ++r) {
        result.problem.weights.push_back(lightest + (o == 0 ? 0 : static_cast<std::int64_t>(random.below(largest))));
      }
    }
  }
  const bool coarse = random.below(3) == 0;
  for (std::size_t group = 0; group < groups; ++group) {
    const std::size_t c = random.below(classes);
    result.problem.runs.push_back({static_cast<std::uint32_t>(c), 1});
    for (std::size_t o = 0; o < result.problem.options[c]; ++o) {
      result.values.push_back(coarse ? static_cast<double>(random.below(4)) : random.uniform());
      for (std::size_t r = 0; r < resources; ++r) {
        total[r] += result.problem.weights[first[c] + o * resources + r];
      }
    }
  }
  for (const std::int64_t sum : total) {
    result.problem.capacities.push_back(static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(sum) + 1)));
  }
  return result;
}

/// The largest value of a feasible choice by trying all; -1 if there is none.
double enumerate(const knapsack::choice_problem<double>& p, std::size_t group, std::size_t value,
                 std::vector<std::int64_t>& left) {
  if (group == p.runs.size()) {
    for (const std::int64_t room : left) {
      if (room < 0) {
        return -1;
      }
    }
    return 0;
  }
  const std::size_t c = p.runs[group].item_class;
  std::size_t row = 0;
  for (std::size_t before = 0; before < c; ++before) {
    row += p.options[before];
  }
  double best = -1;
  for (std::size_t o = 0; o < p.options[c]; ++o) {
    for (std::size_t r = 0; r < left.size(); ++r) {
      left[r] -= p.weights[(row + o) * left.size() + r];
    }
    const double rest = enumerate(p, group + 1, value + p.options[c], left);
    best = rest >= 0 ? (std::max)(best, rest + p.values[value + o]) : best;
    for (std::size_t r = 0; r < left.size(); ++r) {
      left[r] += p.weights[(row + o) * left.size() + r];
    }
  }
  return best;
}

}  // namespace

TEST_SUITE("knapsack") {
  TEST_CASE("choices are those of enumeration, and infeasible where there is none") {
    espalier::random_generator random(71);
    int infeasible = 0;
    for (int trial = 0; trial < 3000; ++trial) {
      auto owned = random_choices(random, 1 + random.below(6), 1 + random.below(3), 1 + random.below(12));
      const auto& p = owned.get();
      auto left = p.capacities;
      const double optimum = enumerate(p, 0, 0, left);
      const auto solution = knapsack::choose(p);
      CAPTURE(trial);
      if (optimum < 0) {
        CHECK(solution.status == knapsack::status::infeasible);
        ++infeasible;
        continue;
      }
      REQUIRE(solution.status == knapsack::status::optimal);
      CHECK(solution.value == doctest::Approx(optimum).epsilon(1e-12));
      CHECK(solution.bound == solution.value);
      REQUIRE(solution.chosen.size() == p.groups());
      for (std::size_t r = 0; r < p.resources(); ++r) {
        CHECK(solution.used[r] <= p.capacities[r]);
      }
    }
    CHECK(infeasible > 100);
  }

  TEST_CASE("with keep and prune as the options it is the knapsack") {
    espalier::random_generator random(72);
    for (const std::size_t resources : {std::size_t{1}, std::size_t{2}}) {
      auto owned = support::class_problem(random, {20'000, 10, resources, 36});
      const auto& p = owned.get();
      owned_choices choices;
      choices.problem.capacities = p.capacities;
      choices.problem.runs = p.runs;
      for (std::size_t c = 0; c < p.classes(); ++c) {
        choices.problem.options.push_back(2);
        choices.problem.weights.insert(choices.problem.weights.end(), resources, 0);
        const auto weights = p.weights_of(c);
        choices.problem.weights.insert(choices.problem.weights.end(), weights.begin(), weights.end());
      }
      for (const double value : p.values) {
        choices.values.push_back(0);
        choices.values.push_back(value);
      }
      const auto exact = knapsack::solve(p);
      const auto chosen = knapsack::choose(choices.get());
      REQUIRE(exact.status == knapsack::status::optimal);
      CHECK(chosen.status == knapsack::status::optimal);
      CHECK(chosen.value == doctest::Approx(exact.value).epsilon(1e-13));
    }
  }

  TEST_CASE("ten thousand groups with keep, fewer bits and prune are proven optimal in two resources") {
    espalier::random_generator random(73);
    owned_choices owned;
    owned.problem.capacities = {0, 0};
    for (std::uint32_t c = 0; c < 8; ++c) {
      const auto dsp = static_cast<std::int64_t>(2 + random.below(20));
      const auto bram = static_cast<std::int64_t>(1 + random.below(2));
      owned.problem.options.push_back(3);
      owned.problem.weights.insert(owned.problem.weights.end(), {0, 0, dsp / 2, bram, dsp, bram});
      owned.problem.runs.push_back({c, 1250});
      owned.problem.capacities[0] += 1250 * dsp * 4 / 10;
      owned.problem.capacities[1] += 1250 * bram * 6 / 10;
      for (int i = 0; i < 1250; ++i) {
        const double loss = std::abs(random.normal());
        owned.values.insert(owned.values.end(), {0, loss * (0.4 + 0.5 * random.uniform()), loss});
      }
    }
    const auto solution = knapsack::choose(owned.get());
    CHECK(solution.status == knapsack::status::optimal);
    CHECK(solution.used[0] <= owned.problem.capacities[0]);
    CHECK(solution.used[1] <= owned.problem.capacities[1]);
  }

  TEST_CASE("past a limit the choice is feasible and the bound holds") {
    espalier::random_generator random(74);
    for (int trial = 0; trial < 300; ++trial) {
      auto owned = random_choices(random, 6, 2, 40);
      const auto& p = owned.get();
      auto left = p.capacities;
      const double optimum = enumerate(p, 0, 0, left);
      const auto solution = knapsack::choose(p, {.work_limit = 5});
      if (optimum >= 0) {
        CHECK(solution.status != knapsack::status::infeasible);
        CHECK(solution.value <= doctest::Approx(optimum));
        CHECK(solution.bound >= optimum * (1 - 1e-12));
      }
    }
  }

  TEST_CASE("a stop request, whenever it comes, ends with a feasible choice and a bound that holds") {
    espalier::random_generator random(74);
    owned_choices owned;
    knapsack::choice_solution best;
    while (best.status != knapsack::status::optimal || best.statistics.dual_steps < 5) {
      owned = random_choices(random, 3000, 2, 9);
      best = knapsack::choose(owned.get());
    }
    for (int when = 1; when < 5; ++when) {
      int asked = 0;
      const auto stopped = knapsack::choose(owned.get(), {.stop = support::stops_at{&asked, when}});
      CAPTURE(when);
      CHECK(stopped.status == knapsack::status::feasible);
      CHECK(stopped.value <= best.value);
      CHECK(stopped.bound >= best.value);
      for (std::size_t r = 0; r < 2; ++r) {
        CHECK(stopped.used[r] <= owned.problem.capacities[r]);
      }
    }
  }

  TEST_CASE("what is wrong with a choice problem is named") {
    owned_choices sound;
    sound.values = {0, 1, 0, 2};
    sound.problem = {{}, {{0, 2}}, {2}, {0, 3}, {4}};
    CHECK(knapsack::choose(sound.get()).value == 2);
    const auto named = [&](const char* text, auto&& change) {
      owned_choices wrong = sound;
      change(wrong);
      try {
        (void)knapsack::choose(wrong.get());
      } catch (const std::invalid_argument& e) {
        return std::string(e.what()).find(text) != std::string::npos;
      }
      return false;
    };
    CHECK(named("at 2, expected finite values >= 0", [](auto& w) { w.values[2] = -1; }));
    CHECK(named("at 1", [](auto& w) { w.values[1] = std::nan(""); }));
    CHECK(named("got 3 values", [](auto& w) { w.values.pop_back(); }));
    CHECK(named("got 4 values", [](auto& w) { w.problem.runs[0].count = ~std::uint64_t{0}; }));
    CHECK(named("class 1 in run 0", [](auto& w) { w.problem.runs[0].item_class = 1; }));
    CHECK(named("got 3 weights", [](auto& w) { w.problem.weights = {0, 3, 1}; }));
    CHECK(named("weight -3 of option 1", [](auto& w) { w.problem.weights[1] = -3; }));
    CHECK(named("capacity -1 of resource 0", [](auto& w) { w.problem.capacities[0] = -1; }));
    CHECK(named("a class without options, number 0", [](auto& w) { w.problem.options = {0}; }));
    CHECK(named("a total weight beyond 2^63 in resource 0",
                [](auto& w) { w.problem.weights[1] = (std::numeric_limits<std::int64_t>::max)(); }));
    CHECK(named("class 0 without an option that is lightest in all resources", [](auto& w) {
      w.problem.weights = {1, 0, 0, 1};
      w.problem.capacities = {1, 1};
    }));
  }
}
