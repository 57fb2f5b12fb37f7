// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/detail/states.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include <espalier/base/random_generator.hpp>

namespace detail = espalier::knapsack::detail;

namespace {

const espalier::knapsack::solve_options no_limits;
detail::budget unlimited(no_limits);

}  // namespace

TEST_SUITE("knapsack") {
  TEST_CASE("a layer holds the cheapest arrival at each place") {
    espalier::random_generator random(94);
    detail::state_layer layer(2, unlimited);
    std::map<std::vector<std::int64_t>, std::int64_t> expected;
    for (int i = 0; i < 5000; ++i) {
      const std::vector<std::int64_t> place{static_cast<std::int64_t>(random.below(40)) - 20,
                                            static_cast<std::int64_t>(random.below(40))};
      const auto cost = static_cast<std::int64_t>(random.below(1000));
      const std::uint32_t state = layer.insert(place.data(), {cost, 0, 0});
      const auto known = expected.emplace(place, cost).first;
      known->second = (std::min)(known->second, cost);
      CHECK(layer[state].cost == known->second);
      CHECK(layer.place(state)[0] == place[0]);
      CHECK(layer.place(state)[1] == place[1]);
    }
    CHECK(layer.size() == expected.size());
    for (const auto& [place, cost] : expected) {
      CHECK(layer.cost_at(place.data()) == cost);
    }
    const std::vector<std::int64_t> elsewhere{21, 0};
    CHECK_FALSE(layer.cost_at(elsewhere.data()).has_value());
  }

  TEST_CASE("only the listed states are kept, and moves go into the history that they share") {
    detail::state_layer layer(1, unlimited);
    detail::move_history history;
    for (const std::int64_t place : {3, 5, 8}) {
      layer.insert(&place, {place, 0, static_cast<std::int32_t>(place == 5 ? 0 : place)});
    }
    layer.settle(7, history);
    CHECK(history.size() == 2);
    CHECK(layer[1].before == 0);
    CHECK(history[layer[2].before].column == 7);
    CHECK(history[layer[2].before].moves == 8);
    layer.keep({2, 1});
    CHECK(layer.size() == 2);
    CHECK(layer.place(0)[0] == 8);
    CHECK(layer.place(1)[0] == 5);
  }
}
