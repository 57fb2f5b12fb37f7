// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/detail/scan.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "support/knapsack_problems.hpp"

namespace detail = espalier::knapsack::detail;

namespace {

const espalier::knapsack::solve_options no_limits;
detail::budget unlimited(no_limits);

}  // namespace

TEST_SUITE("knapsack") {
  TEST_CASE_TEMPLATE("a scan keeps what is above the window, collects what is inside, and leaves the rest", Value,
                     float, double) {
    espalier::random_generator random(84);
    support::owned_problem<Value> owned;
    owned.problem.capacities = {5000};
    std::vector<Value> items;
    for (int i = 0; i < 2500; ++i) {
      items.push_back(static_cast<Value>(random.below(100)) / 4);
    }
    owned.add_class({3}, items);
    std::reverse(items.begin(), items.end());
    items.resize(700);
    owned.add_class({2}, items);
    const auto& p = owned.get();
    const auto core = detail::presolve(p, p.capacities, unlimited);
    detail::scanner<Value> scan(p.values);
    const std::vector<detail::value_range> ranges{{10.25, 12}, {5, std::numeric_limits<double>::infinity()}};
    const auto w = scan(core, ranges, unlimited);

    double value = 0;
    std::uint64_t above = 0;
    std::vector<std::uint8_t> kept(p.items(), 0);
    std::vector<std::size_t> inside;
    for (std::size_t i = 0; i < 2500; ++i) {
      kept[i] = p.values[i] > 12 ? 1 : 0;
      above += kept[i];
      value += kept[i] != 0 ? static_cast<double>(p.values[i]) : 0;
      if (p.values[i] >= Value{10.25} && p.values[i] <= 12) {
        inside.push_back(i);
      }
    }
    CHECK((scan.kept() == kept));
    CHECK(scan.value().result() == value);  // quarters add up exactly
    CHECK(w.above == std::vector<std::uint64_t>{above, 0});
    CHECK(w.of(0).size() == inside.size());
    CHECK(w.below[0] == 2500 - above - inside.size());
    CHECK(std::is_sorted(w.of(0).begin(), w.of(0).end()));
    CHECK(std::is_sorted(w.of(1).begin(), w.of(1).end()));
    for (const auto& item : w.of(0)) {
      CHECK(std::find(inside.begin(), inside.end(), item.index) != inside.end());
    }
    CHECK(w.remaining == std::vector<std::int64_t>{5000 - 3 * static_cast<std::int64_t>(above)});
  }

  TEST_CASE("the largest value is found wherever it stands") {
    for (std::size_t size = 1; size < 20; ++size) {
      for (std::size_t place = 0; place < size; ++place) {
        std::vector<double> values(size, 1.0);
        values[place] = 2;
        CHECK(detail::largest_value<double>(values) == 2);
      }
    }
  }
}
