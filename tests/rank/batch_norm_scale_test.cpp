// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/batch_norm_scale.hpp>

#include <doctest/doctest.h>

#include <span>
#include <vector>

#include <espalier/rank/losses.hpp>
#include <espalier/rank/unit_scales.hpp>

namespace rank = espalier::rank;
namespace structure = espalier::structure;

TEST_SUITE("rank") {
  TEST_CASE("pruning a unit costs |gamma|, whatever its weights, and its parts cost their shares of it") {
    const std::vector<double> kernel{1, -2, 3, 6};
    const std::vector<double> gammas{-0.5, 0.25};
    const auto datum = rank::unit_scales<double>({2, 2}, kernel, std::span<const double>(gammas));
    const rank::weight_data<double> data{kernel, datum};
    const structure::grouping neurons(structure::structured{}, {2, 2});
    const auto units = rank::prune_costs(neurons, data, rank::batch_norm_scale{});
    CHECK(units[0] == doctest::Approx(0.5));
    CHECK(units[1] == doctest::Approx(0.25));
    const structure::grouping weights(structure::unstructured{}, {2, 2});
    const auto parts = rank::prune_costs(weights, data, rank::batch_norm_scale{});
    CHECK(parts[0] == doctest::Approx(0.125));
    CHECK(parts[2] == doctest::Approx(0.375));
    CHECK(parts[1] + parts[3] == doctest::Approx(0.25));
    // Sharing moves each weight of the first unit by 1 of its magnitude of 4, half of |gamma|.
    CHECK(rank::share_costs(neurons, data, rank::batch_norm_scale{})[0] == doctest::Approx(0.25));
  }
}
