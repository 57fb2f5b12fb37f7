// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/detail/window.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include <espalier/base/random_generator.hpp>

namespace detail = espalier::knapsack::detail;

namespace {

const espalier::knapsack::solve_options no_limits;
detail::budget unlimited(no_limits);

}  // namespace

TEST_SUITE("knapsack") {
  TEST_CASE("items are sorted by value, the lower index first among equals, few or many of them") {
    espalier::random_generator random(83);
    for (const std::size_t count : {0U, 1U, 2U, 100U, 5000U, 30'000U}) {
      for (const int kind : {0, 1, 2}) {
        std::vector<detail::window_item> items;
        for (std::size_t i = 0; i < count; ++i) {
          const double value = kind == 0   ? std::exp(40 * random.normal())
                               : kind == 1 ? static_cast<double>(random.below(5))
                                           : 7.0;
          items.push_back({value, static_cast<std::uint32_t>(i)});
        }
        auto expected = items;
        std::stable_sort(expected.begin(), expected.end(),
                         [](const auto& a, const auto& b) { return a.value > b.value; });
        detail::sort_items(items, unlimited);
        bool same = true;
        for (std::size_t i = 0; i < count; ++i) {
          same = same && items[i].index == expected[i].index;
        }
        CHECK(same);
      }
    }
  }
}
