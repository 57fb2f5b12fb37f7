// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/wanda.hpp>

#include <doctest/doctest.h>

#include <span>
#include <vector>

#include <espalier/rank/losses.hpp>
#include <espalier/rank/spread_over_inputs.hpp>

namespace rank = espalier::rank;
namespace structure = espalier::structure;

TEST_SUITE("rank") {
  TEST_CASE("a weight is worth its magnitude times the length of its input") {
    const std::vector<double> kernel{1, -2, 3, 4};
    const std::vector<double> lengths{10, 0.5};
    const auto datum = rank::spread_over_inputs<double>({2, 2}, std::span<const double>(lengths));
    const structure::grouping weights(structure::unstructured{}, {2, 2});
    CHECK(rank::prune_costs(weights, rank::weight_data<double>{kernel, datum}, rank::wanda{}) ==
          std::vector<double>{10, 20, 1.5, 2});
    const structure::grouping neurons(structure::structured{}, {2, 2});
    CHECK(rank::share_costs(neurons, rank::weight_data<double>{kernel, datum}, rank::wanda{}) ==
          std::vector<double>{10.5, 31.5});
  }
}
