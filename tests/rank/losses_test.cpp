// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/losses.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <espalier/rank/fisher.hpp>
#include <espalier/rank/l1.hpp>
#include <espalier/rank/l2.hpp>
#include <espalier/rank/oracle.hpp>

#include "support/random_layers.hpp"

namespace rank = espalier::rank;
namespace structure = espalier::structure;

TEST_SUITE("rank") {
  TEST_CASE("the reference compares a variance with a norm: pruning and sharing are one formula of two changes") {
    espalier::random_generator random(71);
    for (int trial = 0; trial < 150; ++trial) {
      const espalier::extents shape = support::random_shape(random);
      const auto kernel = support::random_numbers(random, shape.size());
      const auto gradient = support::random_numbers(random, shape.size());
      const structure::grouping groups(support::random_rule(random, shape), shape, kernel);
      const rank::weight_data<double> data{kernel, gradient};
      const auto sizes = groups.sizes();
      std::vector<double> means(groups.count(), 0.0);
      groups.visit([&](std::size_t group, std::size_t index) {
        means[group] += kernel[index] / static_cast<double>(sizes[group]);
      });
      std::vector<double> prune(groups.count(), 0.0);
      std::vector<double> share(groups.count(), 0.0);
      groups.visit([&](std::size_t group, std::size_t index) {
        prune[group] += std::abs(gradient[index] * kernel[index]);
        share[group] += std::abs(gradient[index] * (means[group] - kernel[index]));
      });
      const auto got_prune = rank::prune_costs(groups, data, rank::oracle{});
      const auto got_share = rank::share_costs(groups, data, rank::oracle{});
      for (std::size_t group = 0; group < groups.count(); ++group) {
        CHECK(got_prune[group] == doctest::Approx(prune[group]).epsilon(1e-12));
        CHECK(got_share[group] == doctest::Approx(share[group]).epsilon(1e-9));
      }
    }
  }

  TEST_CASE("float weights are ranked like their doubles") {
    const std::vector<float> narrow{0.1F, -0.7F, 1e-20F, 3.5F};
    const std::vector<double> wide(narrow.begin(), narrow.end());
    const structure::grouping groups(structure::unstructured{}, {2, 2});
    CHECK(rank::prune_costs(groups, rank::weight_data<float>{narrow, {}}, rank::l2{}) ==
          rank::prune_costs(groups, rank::weight_data<double>{wide, {}}, rank::l2{}));
  }

  TEST_CASE("equal weights in a group cost nothing to share") {
    const std::vector<double> kernel{2, 3, 2, 5};
    const structure::grouping neurons(structure::structured{}, {2, 2});
    CHECK(rank::share_costs(neurons, rank::weight_data<double>{kernel, {}}, rank::l1{}) == std::vector<double>{0, 2});
  }

  TEST_CASE("a kernel or data of another size is refused") {
    const std::vector<double> kernel(4);
    const std::vector<double> datum(3);
    const structure::grouping groups(structure::unstructured{}, {2, 2});
    CHECK_THROWS_WITH_AS(static_cast<void>(rank::prune_costs(groups, rank::weight_data<double>{datum, {}}, rank::l1{})),
                         "espalier::rank::losses: got 3 numbers of the kernel, expected 4, one per weight",
                         espalier::shape_error);
    CHECK_THROWS_WITH_AS(
        static_cast<void>(rank::share_costs(groups, rank::weight_data<double>{kernel, datum}, rank::fisher{})),
        "espalier::rank::losses: got 3 numbers of the data, expected 4, one per weight", espalier::shape_error);
  }

  TEST_CASE("numbers that are not finite are refused by their place") {
    std::vector<float> kernel(4, 1.0F);
    std::vector<float> datum(4, 1.0F);
    const structure::grouping groups(structure::structured{}, {2, 2});
    datum[2] = std::numeric_limits<float>::quiet_NaN();
    CHECK_NOTHROW(static_cast<void>(rank::prune_costs(groups, rank::weight_data<float>{kernel, datum}, rank::l1{})));
    CHECK_THROWS_WITH_AS(
        static_cast<void>(rank::prune_costs(groups, rank::weight_data<float>{kernel, datum}, rank::fisher{})),
        "espalier::rank::losses: got number 2 of the data not finite, expected finite numbers",
        espalier::numeric_error);
    kernel[3] = -std::numeric_limits<float>::infinity();
    CHECK_THROWS_WITH_AS(
        static_cast<void>(rank::share_costs(groups, rank::weight_data<float>{kernel, datum}, rank::l1{})),
        "espalier::rank::losses: got number 3 of the kernel not finite, expected finite numbers",
        espalier::numeric_error);
  }
}
