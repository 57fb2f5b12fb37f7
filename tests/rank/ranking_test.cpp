// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/ranking.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include <espalier/rank/losses.hpp>

namespace rank = espalier::rank;
namespace structure = espalier::structure;

namespace {

/// A user's own ranking in a few lines: the cube of the change.
struct cube {
  static constexpr rank::data needs = rank::data::nothing;
  [[nodiscard]] static double cost(double change, double /*datum*/) { return std::abs(change * change * change); }
  [[nodiscard]] static double finish(double sum) { return std::cbrt(sum); }
};
static_assert(rank::additive_ranking<cube>);
static_assert(rank::ranking<cube>);
static_assert(!rank::group_ranking<cube>);

/// One that looks at whole groups: how many weights they have.
struct by_size {
  template <class Kernel>
  [[nodiscard]] std::vector<double> prune(const structure::grouping& groups, const Kernel& /*kernel*/) const {
    const auto sizes = groups.sizes();
    return {sizes.begin(), sizes.end()};
  }
  template <class Kernel>
  [[nodiscard]] std::vector<double> share(const structure::grouping& groups, const Kernel& kernel) const {
    return prune(groups, kernel);
  }
};
static_assert(rank::group_ranking<by_size>);
static_assert(rank::ranking<by_size>);
static_assert(rank::needs_of<by_size> == rank::data::nothing);
static_assert(!rank::ranking<double>);

}  // namespace

TEST_SUITE("rank") {
  TEST_CASE("a user's own ranking of single changes works over any grouping") {
    const std::vector<double> kernel{1, -2, 3, 4};
    const structure::grouping neurons(structure::structured{}, {2, 2});
    CHECK(rank::prune_costs(neurons, rank::weight_data<double>{kernel, {}}, cube{}) == std::vector<double>{28, 72});
  }

  TEST_CASE("a user's own ranking of whole groups gives its losses as they are") {
    const std::vector<float> kernel(6);
    const structure::grouping tiles(structure::block{2, 2}, {2, 3});
    CHECK(rank::prune_costs(tiles, rank::weight_data<float>{kernel, {}}, by_size{}) == std::vector<double>{4, 2});
    CHECK(rank::share_costs(tiles, rank::weight_data<float>{kernel, {}}, by_size{}) == std::vector<double>{4, 2});
  }
}
