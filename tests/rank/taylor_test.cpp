// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/taylor.hpp>

#include <doctest/doctest.h>

#include <vector>

#include <espalier/rank/losses.hpp>

namespace rank = espalier::rank;
namespace structure = espalier::structure;

TEST_SUITE("rank") {
  TEST_CASE("a group adds up the squared first-order changes of its weights") {
    const std::vector<double> kernel{1, -2, 3, 4};
    const std::vector<double> gradient{2, 0.5, -1, 0};
    const structure::grouping neurons(structure::structured{}, {2, 2});
    const rank::weight_data<double> data{kernel, gradient};
    CHECK(rank::prune_costs(neurons, data, rank::taylor{}) == std::vector<double>{4 + 9, 1 + 0});
    // Means 2 and 1: changes 1, 3, -1, -3.
    CHECK(rank::share_costs(neurons, data, rank::taylor{}) == std::vector<double>{4 + 1, 2.25 + 0});
  }
}
