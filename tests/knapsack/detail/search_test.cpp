// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/detail/search.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <vector>

#include <espalier/knapsack/detail/one_row.hpp>
#include <espalier/knapsack/detail/presolve.hpp>
#include <espalier/knapsack/detail/proof.hpp>
#include <espalier/knapsack/detail/repair.hpp>
#include <espalier/knapsack/detail/rounding.hpp>
#include <espalier/knapsack/detail/scan.hpp>

#include "support/knapsack_problems.hpp"

namespace detail = espalier::knapsack::detail;

namespace {

const espalier::knapsack::solve_options no_limits;
detail::budget unlimited(no_limits);

/// A small problem with its regret at some prices, good or not.
struct setting {
  support::owned_problem<> owned;
  detail::core_problem core;
  detail::windows window;
  detail::fixed_point scale{0.0};
  std::optional<detail::regret<>> regret;

  setting(
      espalier::random_generator& random, std::size_t resources, detail::value_range range = {},
      const std::function<void(double&)>& change = [](double&) {}) {
    do {
      owned = support::random_problem(random, {1 + random.below(9), 1 + random.below(4), resources, 8});
      std::for_each(owned.values.begin(), owned.values.end(), change);
      core = detail::presolve(owned.get(), owned.problem.capacities, unlimited);
    } while (core.classes.empty());
    const auto& p = owned.get();
    window = detail::scanner<double>(p.values)(core, std::vector<detail::value_range>(core.classes.size(), range),
                                               unlimited);
    scale = detail::fixed_point(detail::largest_value(p.values));
    std::vector<double> prices;
    for (std::size_t r = 0; r < core.rows.size(); ++r) {
      prices.push_back(random.below(4) == 0 ? 0.0 : random.uniform() * detail::largest_value(p.values) / 4);
    }
    regret.emplace(core, window, scale, detail::rounded_prices(prices, scale), unlimited);
  }

  /// Whether the windows are where they must be: what lies above fits, and where items turn is inside.
  [[nodiscard]] bool holds_the_line() const {
    bool held = std::all_of(window.remaining.begin(), window.remaining.end(), [](std::int64_t r) { return r >= 0; });
    for (std::size_t c = 0; c < core.classes.size(); ++c) {
      const double t = scale.to_double(regret->prices().cost(core.weights_of(c)));
      held = held && (window.above[c] == 0 || t <= window.ranges[c].high);
      held = held && (window.below[c] == 0 || t >= window.ranges[c].low);
    }
    return held;
  }

  /// The least regret of all choices of how many to keep of each class.
  std::int64_t least() {
    std::int64_t best = detail::endless;
    std::vector<std::int64_t> slack = regret->slack();
    const std::function<void(std::size_t, std::int64_t)> go = [&](std::size_t c, std::int64_t cost) {
      if (c == regret->classes()) {
        for (std::size_t r = 0; r < slack.size(); ++r) {
          cost = slack[r] < 0 ? detail::endless : detail::add_costs(cost, regret->slack_cost(r, slack[r]));
        }
        best = (std::min)(best, cost);
        return;
      }
      const auto size = static_cast<std::int64_t>(window.of(c).size());
      for (std::int64_t d = -regret->line(c); d <= size - regret->line(c); ++d) {
        for (std::size_t r = 0; r < slack.size(); ++r) {
          slack[r] -= d * core.weights_of(c)[r];
        }
        go(c + 1, detail::add_costs(cost, regret->cost(c, d)));
        for (std::size_t r = 0; r < slack.size(); ++r) {
          slack[r] += d * core.weights_of(c)[r];
        }
      }
    };
    go(0, 0);
    return best;
  }

  /// The regret of a choice, or endless if it does not fit.
  std::int64_t cost_of(const detail::choice& chosen) {
    std::int64_t cost = 0;
    std::vector<std::int64_t> slack = regret->slack();
    for (std::size_t c = 0; c < regret->classes(); ++c) {
      cost = detail::add_costs(cost, regret->cost(c, chosen.moves[c]));
      for (std::size_t r = 0; r < slack.size(); ++r) {
        slack[r] -= chosen.moves[c] * core.weights_of(c)[r];
      }
    }
    for (std::size_t r = 0; r < slack.size(); ++r) {
      cost = slack[r] < 0 ? detail::endless : detail::add_costs(cost, regret->slack_cost(r, slack[r]));
    }
    return cost;
  }
};

}  // namespace

TEST_SUITE("knapsack") {
  TEST_CASE("a search finds the least regret within its limit, and nothing exactly if there is nothing") {
    espalier::random_generator random(87);
    int found = 0;
    for (int trial = 0; trial < 4000; ++trial) {
      setting s(random, 1 + random.below(3));
      const std::int64_t least = s.least();
      const std::int64_t limit = random.below(2) == 0 ? least : random.below(2) == 0 ? least - 1 : 2 * least;
      if (limit < 0 || limit >= detail::endless / 2) {
        continue;
      }
      auto moving = detail::find_moving(*s.regret, limit);
      detail::search search({s.regret->classes(), s.regret->slack(), s.regret->prices()}, moving.columns,
                            {.regret = limit, .effort = std::int64_t{1} << (random.below(2) * 16)}, unlimited);
      const auto best = search();
      CAPTURE(trial);
      REQUIRE_FALSE(search.cut_short());
      REQUIRE(best.has_value() == (least <= limit));
      if (best) {
        ++found;
        CHECK(best->cost == least);
        CHECK(s.cost_of(*best) == least);
      }
    }
    CHECK(found > 1000);
  }

  TEST_CASE("no bound on completions exceeds what the best completion costs") {
    espalier::random_generator random(88);
    for (int trial = 0; trial < 1000; ++trial) {
      setting s(random, 1 + random.below(3));
      const std::int64_t least = s.least();
      if (least >= detail::endless / 2) {
        continue;
      }
      auto moving = detail::find_moving(*s.regret, least);
      const detail::columns columns({s.regret->classes(), s.regret->slack(), s.regret->prices()}, moving.columns,
                                    least);
      const detail::completion after(columns, least, false, 1 << 16);
      const detail::completion before(columns, least, true, 1 << 16);
      CAPTURE(trial);
      CHECK(after(0, columns.start().data()) <= least);
      CHECK(before(columns.free().size(), columns.start().data()) <= least);
      CHECK(after.possible(0, columns.start().data(), 0));
      CHECK(before.possible(columns.free().size(), columns.start().data(), 0));
    }
  }

  TEST_CASE("a rounded choice fits, and says its regret") {
    espalier::random_generator random(89);
    for (int trial = 0; trial < 2000; ++trial) {
      setting s(random, 1 + random.below(3));
      const auto rounded = detail::rounding(*s.regret, unlimited)();
      REQUIRE(rounded.has_value());
      CHECK(rounded->cost == s.cost_of(*rounded));
    }
  }

  TEST_CASE("the regrets of two choices differ by a multiple of the grain") {
    espalier::random_generator random(91);
    int coarse = 0;
    for (int trial = 0; trial < 2000; ++trial) {
      setting s(random, 1 + random.below(3));
      const auto rounded = detail::rounding(*s.regret, unlimited)();
      REQUIRE(rounded.has_value());
      if (rounded->cost < detail::endless) {
        CAPTURE(trial);
        CHECK((rounded->cost - s.least()) % s.regret->grain() == 0);
        coarse += s.regret->grain() > 1 ? 1 : 0;
      }
    }
    CHECK(coarse > 500);
  }

  TEST_CASE("a repaired choice fits, says its regret and is the best one as a rule") {
    espalier::random_generator random(92);
    int to_improve = 0;
    int best = 0;
    for (int trial = 0; trial < 4000; ++trial) {
      setting s(random, 1 + random.below(3));
      const auto rounded = detail::rounding(*s.regret, unlimited)();
      REQUIRE(rounded.has_value());
      const std::int64_t least = s.least();
      if (rounded->cost >= detail::endless || rounded->cost == least) {
        continue;
      }
      ++to_improve;
      if (const auto better = detail::repair(*s.regret, unlimited)(*rounded, least)) {
        CAPTURE(trial);
        CHECK(better->cost < rounded->cost);
        CHECK(better->cost == s.cost_of(*better));
        best += better->cost == least ? 1 : 0;
      }
    }
    CHECK(to_improve > 300);
    CHECK(best > to_improve * 9 / 10);
  }

  TEST_CASE("a proof ends with the least regret, whatever the prices") {
    espalier::random_generator random(93);
    int proven = 0;
    for (int trial = 0; trial < 3000; ++trial) {
      setting s(random, 1 + random.below(3));
      const auto rounded = detail::rounding(*s.regret, unlimited)();
      REQUIRE(rounded.has_value());
      if (rounded->cost >= detail::endless) {
        continue;
      }
      espalier::knapsack::statistics took;
      const auto proof = detail::prover(*s.regret, *rounded, 0, unlimited)(took);
      CAPTURE(trial);
      REQUIRE_FALSE(proof.left_window);
      CHECK(proof.best.cost == s.least());
      CHECK(proof.least_regret >= proof.best.cost);
      CHECK(s.cost_of(proof.best) == proof.best.cost);
      ++proven;
    }
    CHECK(proven > 2000);
  }

  TEST_CASE("what is proven in windows holds outside of them, where values are finer") {
    int proven = 0;
    for (std::uint64_t seed = 0; seed < 6000; ++seed) {
      const detail::value_range range{0.25, 2};
      const auto coarse_inside = [&](double& value) {
        value = std::floor(value * 16) / 16;
        value = value >= range.low && value <= range.high ? std::floor(value) : value;
      };
      espalier::random_generator random(seed);
      const std::size_t resources = 1 + random.below(2);
      espalier::random_generator same = random;
      setting narrow(random, resources, range, coarse_inside);
      setting whole(same, resources, {}, coarse_inside);
      if (!narrow.holds_the_line()) {
        continue;
      }
      const auto rounded = detail::rounding(*narrow.regret, unlimited)();
      if (!rounded || rounded->cost >= detail::endless) {
        continue;
      }
      espalier::knapsack::statistics took;
      const auto proof = detail::prover(*narrow.regret, *rounded, 0, unlimited)(took);
      if (!proof.left_window && proof.least_regret >= proof.best.cost) {
        CAPTURE(seed);
        CHECK(proof.best.cost == whole.least());
        proven += narrow.window.items.size() < whole.window.items.size() ? 1 : 0;
      }
    }
    CHECK(proven > 150);
  }

  TEST_CASE("with one row, item by item, the least regret is found too") {
    espalier::random_generator random(90);
    int improved = 0;
    for (int trial = 0; trial < 4000; ++trial) {
      setting s(random, 1);
      auto first = detail::rounding(*s.regret, unlimited)();
      REQUIRE(first.has_value());
      if (s.regret->rows() != 1 || first->cost >= detail::endless) {
        continue;
      }
      detail::one_row_search search(*s.regret, s.regret->grain(), unlimited);
      const auto better = search(*first);
      CAPTURE(trial);
      REQUIRE_FALSE(search.cut_short());
      const std::int64_t least = s.least();
      CHECK((better ? better->cost : first->cost) == least);
      if (better) {
        ++improved;
        CHECK(s.cost_of(*better) == least);
      }
    }
    CHECK(improved > 200);
  }
}
