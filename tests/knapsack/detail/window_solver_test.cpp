// SPDX-License-Identifier: Apache-2.0
#include <espalier/knapsack/detail/window_solver.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <espalier/knapsack/detail/scan.hpp>

#include "support/knapsack_problems.hpp"

namespace detail = espalier::knapsack::detail;

namespace {

/// A class of which a few items are left undecided, from one of its items to another in the order in which they are
/// kept: mostly ranges that begin and end among equal values.
detail::value_range random_range(espalier::random_generator& random, const detail::item_class& one,
                                 const std::vector<double>& values) {
  std::vector<detail::window_item> items;
  for (const detail::piece& part : one.pieces) {
    for (std::uint64_t i = part.first; i < part.first + part.count; ++i) {
      items.push_back({values[i], static_cast<std::uint32_t>(i)});
    }
  }
  std::sort(items.begin(), items.end());
  const std::size_t first = random.below(items.size());
  const std::size_t last = (std::min)(items.size() - 1, first + random.below(8));
  return {items[last].value, items[first].value, items[first].index, std::uint64_t{items[last].index} + 1};
}

}  // namespace

TEST_SUITE("knapsack") {
  TEST_CASE("what is proven in windows that begin and end among equal values holds for all items") {
    const espalier::knapsack::solve_options no_limits;
    espalier::random_generator random(97);
    int proven = 0;
    for (int trial = 0; trial < 40'000; ++trial) {
      const std::size_t classes = 1 + random.below(4);
      auto owned = support::random_problem(random, {.items = 4 + random.below(13),
                                                    .classes = classes,
                                                    .resources = 1 + random.below(3),
                                                    .largest_weight = 1 + random.below(5)});
      const std::uint64_t levels = 1 + random.below(3);
      for (double& value : owned.values) {
        value = static_cast<double>(1 + random.below(levels));
      }
      const auto& p = owned.get();
      detail::budget unlimited(no_limits);
      const auto core = detail::presolve(p, p.capacities, unlimited);
      if (core.classes.empty()) {
        continue;
      }
      std::vector<detail::value_range> ranges;
      for (const auto& one : core.classes) {
        ranges.push_back(random_range(random, one, owned.values));
      }
      detail::scanner<double> scan(p.values);
      for (const detail::piece& part : core.free_pieces) {
        scan.keep(part);
      }
      const auto w = scan(core, ranges, unlimited);
      detail::window_solver<double> solver(core, detail::fixed_point(detail::largest_value(p.values)), 0, unlimited);
      const auto found = solver(w, scan.value().result(), {});
      CAPTURE(trial);
      if (found) {
        REQUIRE(found->optimal);
        REQUIRE(found->value == support::enumerate(p));
        proven += w.items.size() < p.items() / 2 ? 1 : 0;
      }
    }
    CHECK(proven > 2000);
  }
}
