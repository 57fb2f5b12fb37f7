// SPDX-License-Identifier: Apache-2.0
#include <espalier/regularize/layer_penalty.hpp>

#include <doctest/doctest.h>

#include <span>
#include <vector>

namespace regularize = espalier::regularize;

TEST_SUITE("regularize") {
  TEST_CASE("a penalty holds its groups and strengths") {
    const regularize::layer_penalty penalty{"dense",
                                            espalier::structure::grouping(espalier::structure::structured{}, {2, 3}),
                                            regularize::group_norms({.alpha = 2})};
    const std::vector<double> kernel{3, 0, 1, 4, 0, 0};
    CHECK(penalty.penalty(penalty.groups, std::span<const double>(kernel)).penalty == doctest::Approx(2 * (5 + 1)));
    CHECK(penalty.penalty.options().alpha == 2);
  }
}
