// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/detail/dual.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include <espalier/knapsack/detail/presolve.hpp>
#include <espalier/knapsack/detail/sample.hpp>
#include <espalier/knapsack/detail/scan.hpp>

#include "support/knapsack_problems.hpp"

namespace detail = espalier::knapsack::detail;
using support::family;

namespace {

const espalier::knapsack::solve_options no_limits;
detail::budget unlimited(no_limits);

}  // namespace

TEST_SUITE("knapsack") {
  TEST_CASE("no prices bound better than those found") {
    // L is convex, so a minimum along many directions through a point is a minimum.
    espalier::random_generator random(85);
    for (int trial = 0; trial < 120; ++trial) {
      const auto kind = static_cast<family>(random.below(5));
      const std::size_t resources = 1 + random.below(4);
      auto owned =
          support::class_problem(random, {200 + random.below(3000), 1 + random.below(20), resources, 30}, kind);
      const auto& p = owned.get();
      const auto core = detail::presolve(p, p.capacities, unlimited);
      const auto w =
          detail::scanner<double>(p.values)(core, std::vector<detail::value_range>(core.classes.size()), unlimited);
      const detail::relaxation terms{w.items, w.begin, core.weights, w.remaining, {}, {}};
      const detail::dual_function function(terms, unlimited);
      const auto found = detail::minimize_dual(terms, {}, unlimited);
      CAPTURE(trial);
      CHECK(found.value == doctest::Approx(function.value(found.prices, function.at(found.prices))));
      for (int direction = 0; direction < 60; ++direction) {
        std::vector<double> prices = found.prices;
        const double size = std::pow(10.0, -static_cast<double>(random.below(8)));
        for (double& price : prices) {
          price = (std::max)(0.0, price * (1 + size * random.normal()) + (random.below(2) == 0 ? 0 : 1e-3 * size));
        }
        CHECK(function.value(prices, function.at(prices)) >= found.value * (1 - 1e-13));
      }
    }
  }

  TEST_CASE("the ranges that a sample guesses hold the line, and little else") {
    espalier::random_generator random(86);
    int missed = 0;
    for (int trial = 0; trial < 20; ++trial) {
      auto owned = support::class_problem(random, {200'000, 10, 1 + random.below(3), 36});
      const auto& p = owned.get();
      const auto core = detail::presolve(p, p.capacities, unlimited);
      const auto guess = detail::sampler<double>(core, p.values, unlimited)();
      detail::scanner<double> scan(p.values);
      const auto all = scan(core, std::vector<detail::value_range>(core.classes.size()), unlimited);
      const detail::relaxation terms{all.items, all.begin, core.weights, all.remaining, {}, {}};
      const detail::dual_function function(terms, unlimited);
      const auto best = detail::minimize_dual(terms, guess.prices, unlimited);
      bool held = true;
      for (std::size_t c = 0; c < core.classes.size(); ++c) {
        const double t = function.threshold(c, best.prices);
        held = held && t >= guess.ranges[c].low && t <= guess.ranges[c].high;
      }
      missed += held ? 0 : 1;
      CHECK(scan(core, guess.ranges, unlimited).items.size() < p.items() / 6);
    }
    CHECK(missed <= 4);
  }
}
