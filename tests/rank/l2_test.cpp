// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/l2.hpp>

#include <doctest/doctest.h>

#include <vector>

#include <espalier/rank/losses.hpp>

namespace rank = espalier::rank;
namespace structure = espalier::structure;

TEST_SUITE("rank") {
  TEST_CASE("the loss is the Euclidean length") {
    const rank::l2 ranking;
    CHECK(ranking.finish(ranking.cost(3, 0) + ranking.cost(-4, 0)) == 5);
  }

  TEST_CASE("share squared is prune squared less m mean squared, so sharing never costs more") {
    const std::vector<double> kernel{1, 2, 3, 4, 5, -9};
    const structure::grouping neurons(structure::structured{}, {3, 2});
    const rank::weight_data<double> data{kernel, {}};
    const auto prune = rank::prune_costs(neurons, data, rank::l2{});
    const auto share = rank::share_costs(neurons, data, rank::l2{});
    const std::vector<double> means{3, -1};
    for (std::size_t group = 0; group < 2; ++group) {
      CHECK(share[group] == doctest::Approx(prune[group] - 3 * means[group] * means[group]));
    }
  }
}
