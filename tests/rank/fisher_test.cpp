// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/fisher.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include <espalier/rank/losses.hpp>

namespace rank = espalier::rank;
namespace structure = espalier::structure;

namespace {

std::vector<double> costs(const std::vector<double>& kernel, const std::vector<double>& information, double damping) {
  const structure::grouping groups(structure::structured{}, {2, 2});
  return rank::prune_costs(groups, rank::weight_data<double>{kernel, information}, rank::fisher{damping});
}

}  // namespace

TEST_SUITE("rank") {
  TEST_CASE("the loss is F d^2 / 2") {
    const rank::fisher ranking;
    CHECK(ranking.cost(-3, 4) == 18);
    CHECK(ranking.finish(18) == 18);
    CHECK(rank::fisher::needs == rank::data::fisher);
    CHECK(costs({1, 2, 3, 4}, {5, 0, 1, 2}, 0) == std::vector<double>{7, 16});
  }

  TEST_CASE("a share of the layer's mean is added to F, so that weights without information are not free") {
    // a mean of 2: the second neuron is known well enough that no sample has a gradient there
    CHECK(costs({1, 2, 3, 4}, {5, 0, 3, 0}, 0) == std::vector<double>{16, 0});
    CHECK(costs({1, 2, 3, 4}, {5, 0, 3, 0}, 0.5) == std::vector<double>{21, 10});
    CHECK(costs({1, 2, 3, 4}, {5, 0, 3, 0}, 1) == std::vector<double>{26, 20});
    const std::vector<double> kernel{1, 3, 1, 5};
    const std::vector<double> information{4, 4, 4, 0};
    CHECK(rank::share_costs(structure::grouping(structure::structured{}, {2, 2}),
                            rank::weight_data<double>{kernel, information},
                            rank::fisher{}) == std::vector<double>{0, 5});
  }

  TEST_CASE("a damping below 0, infinite or not a number is refused") {
    for (const double damping : {-1.0, std::numeric_limits<double>::infinity(), std::nan("")}) {
      CHECK_THROWS_AS((void)costs({1, 2, 3, 4}, {1, 1, 1, 1}, damping), espalier::argument_error);
    }
    CHECK_THROWS_WITH_AS((void)costs({1, 2, 3, 4}, {1, 1, 1, 1}, -1),
                         "espalier::rank::fisher: got damping -1.000000, expected 0 or more", espalier::argument_error);
  }
}
