// SPDX-License-Identifier: Apache-2.0
#include <espalier/structure/grouping.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <vector>

#include "support/random_layers.hpp"

namespace structure = espalier::structure;

namespace {

std::vector<std::size_t> groups_of(const structure::grouping& groups) {
  std::vector<std::size_t> result(groups.weights(), groups.count());
  groups.visit([&](std::size_t group, std::size_t index) { result[index] = group; });
  return result;
}

/// The definition of a pattern, literally: outputs first, flatten, reshape to rows, take runs of rows.
std::vector<std::size_t> pattern_by_definition(const structure::pattern& rule, const espalier::extents& shape) {
  const std::size_t outputs = shape.back();
  const std::size_t inputs = shape.size() / outputs;
  std::vector<std::size_t> turned(shape.size());  // flat indices of the kernel, outputs first
  for (std::size_t output = 0, place = 0; output < outputs; ++output) {
    for (std::size_t input = 0; input < inputs; ++input, ++place) {
      turned[place] = input * outputs + output;
    }
  }
  std::vector<std::size_t> result(shape.size());
  const std::size_t in_a_row = shape.size() / rule.rows;
  for (std::size_t row = 0; row < rule.rows; ++row) {
    for (std::size_t i = 0; i < in_a_row; ++i) {
      result[turned[row * in_a_row + i]] = row / rule.consecutive;
    }
  }
  return result;
}

}  // namespace

TEST_SUITE("structure") {
  TEST_CASE("every weight is in exactly one group and visited once, in memory order") {
    espalier::random_generator random(21);
    for (int trial = 0; trial < 400; ++trial) {
      const espalier::extents shape = support::random_shape(random);
      const structure::rule rule = support::random_rule(random, shape);
      CAPTURE(to_string(rule));
      CAPTURE(to_string(shape));
      const structure::grouping groups(rule, shape, support::random_numbers(random, shape.size()));
      std::size_t next = 0;
      groups.visit([&](std::size_t group, std::size_t index) {
        REQUIRE(index == next++);
        REQUIRE(group < groups.count());
      });
      CHECK(next == shape.size());
      const auto sizes = groups.sizes();
      CHECK(std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}) == shape.size());
    }
  }

  TEST_CASE("a neuron is a column, a filter all of height, width and channels") {
    CHECK(groups_of({structure::structured{}, {2, 3}}) == std::vector<std::size_t>{0, 1, 2, 0, 1, 2});
    const structure::grouping filters(structure::structured{}, {2, 2, 2, 3});
    CHECK(filters.count() == 3);
    CHECK(filters.sizes() == std::vector<std::size_t>{8, 8, 8});
  }

  TEST_CASE("a pattern is transpose, flatten, reshape and runs of rows, for every size") {
    espalier::random_generator random(22);
    for (int trial = 0; trial < 200; ++trial) {
      const espalier::extents shape = support::random_shape(random);
      const structure::pattern rule{support::random_divisor(random, shape.size()), support::between(random, 1, 6)};
      CHECK(groups_of({rule, shape}) == pattern_by_definition(rule, shape));
    }
  }

  TEST_CASE("the reference throws at 64x32, reuse factor 4, 16 bit: here the last group is short") {
    const structure::grouping groups(structure::pattern{512, 5}, {64, 32});
    CHECK(groups.count() == 103);
    CHECK(groups.sizes().front() == 20);
    CHECK(groups.sizes().back() == 8);
  }

  TEST_CASE("a channel is all weights that read it") {
    CHECK(groups_of({structure::channel{}, {3, 2}}) == std::vector<std::size_t>{0, 0, 1, 1, 2, 2});
    // (width 2, channels 2, filters 1): the channel is the fastest axis of the inputs.
    CHECK(groups_of({structure::channel{}, {2, 2, 1}}) == std::vector<std::size_t>{0, 1, 0, 1});
  }

  TEST_CASE("2 of 4 marks the two smallest scores of every four inputs of a unit, the later one where they are equal") {
    // One unit with eight inputs; the second run of four is all equal.
    const std::vector<double> scores{4, 1, 3, 2, 7, 7, 7, 7};
    const structure::grouping groups(structure::n_of_m{2, 4}, {8, 1}, scores);
    CHECK(groups.count() == 2);
    CHECK(groups_of(groups) == std::vector<std::size_t>{1, 0, 1, 0, 1, 1, 0, 0});
  }

  TEST_CASE("n of m leaves n of every whole run of m in every unit") {
    espalier::random_generator random(23);
    const structure::grouping groups(structure::n_of_m{1, 3}, {9, 4}, support::random_numbers(random, 36));
    const auto of = groups_of(groups);
    for (std::size_t unit = 0; unit < 4; ++unit) {
      for (std::size_t begin = 0; begin < 9; begin += 3) {
        std::size_t stay = 0;
        for (std::size_t input = begin; input < begin + 3; ++input) {
          stay += of[input * 4 + unit] == 4 ? 1U : 0U;
          CHECK((of[input * 4 + unit] == 4 || of[input * 4 + unit] == unit));
        }
        CHECK(stay == 1);
      }
    }
  }

  TEST_CASE("units that go together are the weakest first, and those too few for a step stay") {
    // Five units with one input; scores 5 1 4 2 3 in steps of two: {1, 3}, {4, 2}, and 0 is left over.
    const structure::grouping groups(structure::round_to{2}, {1, 5}, std::vector<double>{5, 1, 4, 2, 3});
    CHECK(groups.count() == 3);
    CHECK(groups_of(groups) == std::vector<std::size_t>{2, 0, 1, 0, 1});
  }

  TEST_CASE("rows that do not divide the kernel are refused with the reuse factors that would do") {
    CHECK_THROWS_WITH_AS(structure::grouping(structure::pattern{5, 1}, {2, 3}),
                         "espalier::structure::grouping: got 5 rows for 6 weights, expected rows that divide them, "
                         "from a reuse factor of 1, 2, 3, 6 ...",
                         espalier::shape_error);
  }

  TEST_CASE("numbers out of range and kernels without groups are refused") {
    CHECK_THROWS_AS(structure::grouping(structure::pattern{0, 1}, {2, 3}), espalier::argument_error);
    CHECK_THROWS_AS(structure::grouping(structure::pattern{2, 0}, {2, 3}), espalier::argument_error);
    CHECK_THROWS_AS(structure::grouping(structure::block{0, 1}, {2, 3}), espalier::argument_error);
    CHECK_THROWS_AS(structure::grouping(structure::block{1, 0}, {2, 3}), espalier::argument_error);
    CHECK_THROWS_AS(structure::grouping(structure::n_of_m{4, 4}, {4, 3}), espalier::argument_error);
    CHECK_THROWS_AS(structure::grouping(structure::n_of_m{0, 4}, {4, 3}), espalier::argument_error);
    CHECK_THROWS_AS(structure::grouping(structure::round_to{0}, {2, 3}), espalier::argument_error);
    CHECK_THROWS_AS(structure::grouping(structure::structured{}, {6}), espalier::shape_error);
    CHECK_THROWS_AS(structure::grouping(structure::structured{}, {0, 3}), espalier::shape_error);
  }

  TEST_CASE("rules that choose among weights say so when scores are missing or not finite") {
    CHECK_THROWS_AS(structure::grouping(structure::n_of_m{}, {4, 3}), espalier::shape_error);
    std::vector<double> scores(12, 1.0);
    scores[7] = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_WITH_AS(structure::grouping(structure::round_to{2}, {4, 3}, scores),
                         "espalier::structure::grouping: got score 7 not finite, expected finite scores",
                         espalier::numeric_error);
  }
}
