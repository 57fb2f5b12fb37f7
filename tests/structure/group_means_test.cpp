// SPDX-License-Identifier: Apache-2.0
#include <espalier/structure/group_means.hpp>

#include <doctest/doctest.h>

#include <span>
#include <vector>

namespace structure = espalier::structure;

TEST_SUITE("structure") {
  TEST_CASE_TEMPLATE("the mean of a group is that of its weights", Value, float, double) {
    const std::vector<Value> kernel{1, 2, 3, 5, 6, 10};
    const structure::grouping neurons(structure::structured{}, {2, 3});
    CHECK(structure::group_means<Value>(neurons, std::span<const Value>(kernel)) == std::vector<double>{3, 4, 6.5});
  }

  TEST_CASE("a group without weights has mean 0, not a division by 0") {
    // Two inputs are fewer than four: nothing can go, so the groups of the units are empty.
    const std::vector<double> kernel{1, 2, 3, 4};
    const structure::grouping groups(structure::n_of_m{2, 4}, {2, 2}, kernel);
    CHECK(structure::group_means<double>(groups, kernel) == std::vector<double>{0, 0, 2.5});
  }
}
