// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/geometric_median.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include <espalier/rank/losses.hpp>

#include "support/random_layers.hpp"

namespace rank = espalier::rank;
namespace structure = espalier::structure;

TEST_SUITE("rank") {
  TEST_CASE("the loss is the sum of distances to all other groups, over random groups") {
    espalier::random_generator random(141);
    for (int trial = 0; trial < 100; ++trial) {
      const espalier::extents shape = support::random_shape(random);
      const auto kernel = support::random_numbers(random, shape.size());
      const structure::grouping groups(support::random_rule(random, shape), shape, kernel);
      std::vector<std::vector<double>> vectors(groups.count());
      groups.visit([&](std::size_t group, std::size_t index) { vectors[group].push_back(kernel[index]); });
      for (auto& one : vectors) {
        one.resize(shape.size(), 0.0);
      }
      const rank::weight_data<double> data{kernel, {}};
      const auto prune = rank::prune_costs(groups, data, rank::geometric_median{});
      REQUIRE(prune.size() == vectors.size());
      for (std::size_t a = 0; a < vectors.size(); ++a) {
        double expected = 0;
        for (const auto& other : vectors) {
          double square = 0;
          for (std::size_t i = 0; i < shape.size(); ++i) {
            square += (vectors[a][i] - other[i]) * (vectors[a][i] - other[i]);
          }
          expected += std::sqrt(square);
        }
        CHECK(prune[a] == doctest::Approx(expected).epsilon(1e-9));
      }
    }
  }

  TEST_CASE("of three filters the one between the others goes first, even if it is the longest") {
    const std::vector<double> kernel{1, 10, 20};  // one input, three units
    const structure::grouping units(structure::structured{}, {1, 3});
    CHECK(rank::prune_costs(units, rank::weight_data<double>{kernel, {}}, rank::geometric_median{}) ==
          std::vector<double>{28, 19, 29});
  }

  TEST_CASE("sharing costs the part of the length that changes, and nothing where all weights are equal") {
    const std::vector<float> kernel{3, 2, 4, 2, 5, 2};  // units (3, 4, 5) and (2, 2, 2)
    const structure::grouping units(structure::structured{}, {3, 2});
    const rank::weight_data<float> data{kernel, {}};
    const auto prune = rank::prune_costs(units, data, rank::geometric_median{});
    const auto share = rank::share_costs(units, data, rank::geometric_median{});
    CHECK(share[0] == doctest::Approx(prune[0] * std::sqrt(2.0 / 50)));
    CHECK(share[1] == 0);
  }
}
