// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/random.hpp>

#include <doctest/doctest.h>

#include <vector>

#include <espalier/rank/losses.hpp>

#include "support/random_layers.hpp"

namespace rank = espalier::rank;
namespace structure = espalier::structure;

TEST_SUITE("rank") {
  TEST_CASE("the same seed and weights give the same losses, others give others, and sharing is drawn anew") {
    espalier::random_generator numbers(131);
    const auto kernel = support::random_numbers(numbers, 1000);
    auto other = kernel;
    other[999] += 1;
    const structure::grouping groups(structure::unstructured{}, {10, 100});
    const rank::weight_data<double> data{kernel, {}};
    const auto losses = rank::prune_costs(groups, data, rank::random{1});
    CHECK(losses == rank::prune_costs(groups, data, rank::random{1}));
    CHECK(losses != rank::prune_costs(groups, data, rank::random{2}));
    CHECK(losses != rank::prune_costs(groups, rank::weight_data<double>{other, {}}, rank::random{1}));
    CHECK(losses != rank::share_costs(groups, data, rank::random{1}));
    double sum = 0;
    for (const double loss : losses) {
      CHECK((loss >= 0 && loss < 1));
      sum += loss;
    }
    CHECK(sum / 1000 == doctest::Approx(0.5).epsilon(0.1));
  }
}
