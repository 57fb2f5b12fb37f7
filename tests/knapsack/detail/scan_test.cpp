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

  TEST_CASE("a range can begin and end among equal values, wherever their indices fall") {
    support::owned_problem<> owned;
    owned.problem.capacities = {1};
    owned.add_class({1}, std::vector<double>(3000, 1.0));
    owned.values[700] = 2;
    owned.values[2200] = 0;
    const auto& p = owned.get();
    const auto core = detail::presolve(p, p.capacities, unlimited);
    for (const std::uint64_t begin : {0U, 1U, 511U, 512U, 513U, 1500U}) {
      for (const std::uint64_t end : {1501U, 1536U, 1537U, 2201U, 3000U, 5000U}) {
        detail::scanner<double> scan(p.values);
        const auto w = scan(core, {{1, 1, begin, end}}, unlimited);
        std::vector<std::uint8_t> kept(p.items(), 0);
        std::size_t inside = 0;
        for (std::size_t i = 0; i < p.items(); ++i) {
          kept[i] = p.values[i] > 1 || (p.values[i] == 1 && i < begin) ? 1 : 0;
          inside += p.values[i] == 1 && i >= begin && i < end ? 1U : 0U;
        }
        CAPTURE(begin);
        CAPTURE(end);
        CHECK((scan.kept() == kept));
        CHECK(w.items.size() == inside);
        CHECK(w.above[0] == static_cast<std::uint64_t>(std::count(kept.begin(), kept.end(), 1)));
        CHECK(w.above[0] + w.below[0] + inside == p.items());
        CHECK(scan.value().result() == static_cast<double>(w.above[0]) + (kept[700] != 0 ? 1 : 0));
      }
    }
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
