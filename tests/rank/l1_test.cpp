// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/l1.hpp>

#include <doctest/doctest.h>

#include <vector>

#include <espalier/rank/losses.hpp>

namespace rank = espalier::rank;
namespace structure = espalier::structure;

TEST_SUITE("rank") {
  TEST_CASE("the loss is the sum of magnitudes") {
    const rank::l1 ranking;
    CHECK(ranking.cost(-2.5, 7) == 2.5);
    CHECK(ranking.finish(3) == 3);
  }

  TEST_CASE("the l1 of a Conv2D filter is the sum of |w| over all of it: the reference takes a norm of norms") {
    const std::vector<double> kernel{1, -2, -3, 4, 5, -6, -7, 8};  // (2, 1, 2, 2)
    const structure::grouping filters(structure::structured{}, {2, 1, 2, 2});
    CHECK(rank::prune_costs(filters, rank::weight_data<double>{kernel, {}}, rank::l1{}) == std::vector<double>{16, 20});
  }
}
