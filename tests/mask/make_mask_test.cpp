// SPDX-License-Identifier: Apache-2.0
#include <espalier/mask/make_mask.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "support/random_layers.hpp"

namespace mask = espalier::mask;
namespace structure = espalier::structure;
using mask::action;

TEST_SUITE("mask") {
  TEST_CASE("kept is 1, pruned 0 with offset 0, shared 0 with the mean as the offset") {
    const structure::grouping neurons(structure::structured{}, {2, 3});
    const std::vector<double> kernel{1, 2, 3, 4, 5, 6};
    const std::vector<action> actions{action::keep, action::prune, action::share};
    const auto made = mask::make_mask<double>(neurons, actions, kernel);
    CHECK(made.mask == std::vector<std::uint8_t>{1, 0, 0, 1, 0, 0});
    CHECK(made.offset == std::vector<double>{0, 0, 4.5, 0, 0, 4.5});
  }

  TEST_CASE("shared groups are numbered if their weights are to be trained as one") {
    const structure::grouping neurons(structure::structured{}, {2, 3});
    const std::vector<double> kernel{1, 2, 3, 4, 5, 6};
    const std::vector<action> actions{action::share, action::prune, action::share};
    const auto made = mask::train_shared(mask::make_mask<double>(neurons, actions, kernel), neurons, actions);
    CHECK(made.trained_as_one == std::vector<std::uint32_t>{1, 0, 3, 1, 0, 3});
    CHECK_THROWS_WITH_AS((void)mask::train_shared(mask::keep_all<double>(5), neurons, actions),
                         "espalier::mask::train_shared: got 3 actions and 5 weights, expected 3 and 6",
                         espalier::shape_error);
  }

  TEST_CASE("the reference shares the scores of oracle: here the mean is that of the weights, over random groups") {
    espalier::random_generator random(51);
    for (int trial = 0; trial < 100; ++trial) {
      const espalier::extents shape = support::random_shape(random);
      const auto kernel = support::random_numbers(random, shape.size());
      const structure::grouping groups(support::random_rule(random, shape), shape, kernel);
      std::vector<action> actions(groups.count());
      for (action& one : actions) {
        one = static_cast<action>(random.below(3));
      }
      const auto made = mask::make_mask<double>(groups, actions, kernel);
      const auto sizes = groups.sizes();
      std::vector<double> sums(groups.count(), 0.0);
      groups.visit([&](std::size_t group, std::size_t index) { sums[group] += kernel[index]; });
      groups.visit([&](std::size_t group, std::size_t index) {
        CHECK(made.mask[index] == (actions[group] == action::keep ? 1 : 0));
        const double offset = made.offset.empty() ? 0.0 : made.offset[index];
        const double mean = sums[group] / static_cast<double>(sizes[group]);
        CHECK(offset == doctest::Approx(actions[group] == action::share ? mean : 0.0));
      });
    }
  }

  TEST_CASE("nothing shared needs no offsets, and keeping all keeps all") {
    const structure::grouping neurons(structure::structured{}, {2, 2});
    const std::vector<float> kernel{1, 2, 3, 4};
    const std::vector<action> actions{action::keep, action::prune};
    CHECK(mask::make_mask<float>(neurons, actions, kernel).offset.empty());
    CHECK(mask::keep_all<float>(3).mask == std::vector<std::uint8_t>{1, 1, 1});
    CHECK(mask::keep_all<float>(3).offset.empty());
  }

  TEST_CASE("actions or weights of another number are refused") {
    const structure::grouping neurons(structure::structured{}, {2, 3});
    const std::vector<double> kernel(6);
    CHECK_THROWS_WITH_AS(static_cast<void>(mask::make_mask<double>(neurons, std::vector<action>(2), kernel)),
                         "espalier::mask::make_mask: got 2 actions and 6 weights, expected 3 and 6",
                         espalier::shape_error);
    CHECK_THROWS_AS(static_cast<void>(mask::make_mask<double>(neurons, std::vector<action>(3), std::vector<double>(5))),
                    espalier::shape_error);
  }
}
