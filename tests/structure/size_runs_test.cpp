// SPDX-License-Identifier: Apache-2.0
#include <espalier/structure/size_runs.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

#include <espalier/structure/grouping.hpp>

#include "support/random_layers.hpp"

namespace structure = espalier::structure;

TEST_SUITE("structure") {
  TEST_CASE("the sizes known beforehand are those counted weight by weight, for random rules and kernels") {
    espalier::random_generator random(31);
    for (int trial = 0; trial < 400; ++trial) {
      const espalier::extents shape = support::random_shape(random);
      const structure::rule rule = support::random_rule(random, shape);
      CAPTURE(to_string(rule));
      CAPTURE(to_string(shape));
      const structure::grouping groups(rule, shape, support::random_numbers(random, shape.size()));
      std::vector<std::size_t> expected;
      for (const structure::size_run& run : structure::size_runs(rule, shape)) {
        expected.insert(expected.end(), run.count, run.weights);
      }
      CHECK(groups.sizes() == expected);
      std::vector<std::size_t> counted(groups.count(), 0);
      groups.visit([&](std::size_t group, std::size_t) { ++counted[group]; });
      CHECK(counted == expected);
    }
  }

  TEST_CASE("whole units are counted where groups hold them, and what must stay is marked") {
    const espalier::extents shape{6, 10};
    CHECK(structure::size_runs(structure::structured{}, shape) == std::vector<structure::size_run>{{10, 6, 1, true}});
    CHECK(structure::size_runs(structure::round_to{4}, shape) ==
          std::vector<structure::size_run>{{2, 24, 4, true}, {1, 12, 2, false}});
    CHECK(structure::size_runs(structure::n_of_m{2, 4}, shape) ==
          std::vector<structure::size_run>{{10, 2, 0, true}, {1, 40, 0, false}});
  }

  TEST_CASE("a group that does not divide the kernel is short and has its real size") {
    CHECK(structure::size_runs(structure::block{4, 4}, espalier::extents{6, 6}) ==
          std::vector<structure::size_run>{{1, 16, 0, true}, {1, 8, 0, true}, {1, 8, 0, true}, {1, 4, 0, true}});
    CHECK(structure::size_runs(structure::pattern{5, 2}, espalier::extents{5, 3}) ==
          std::vector<structure::size_run>{{2, 6, 0, true}, {1, 3, 0, true}});
  }
}
