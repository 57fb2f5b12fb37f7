// SPDX-License-Identifier: Apache-2.0
#include <espalier/rank/unit_scales.hpp>

#include <doctest/doctest.h>

#include <span>
#include <vector>

namespace rank = espalier::rank;

TEST_SUITE("rank") {
  TEST_CASE("a unit of zeros has scales 0, not a division by 0") {
    const std::vector<float> kernel{0, 2, 0, -2};
    const std::vector<float> scales{3, 8};
    CHECK(rank::unit_scales<float>({2, 2}, kernel, std::span<const float>(scales)) == std::vector<float>{0, 2, 0, 2});
  }

  TEST_CASE("sizes that differ are refused") {
    const std::vector<double> kernel(4);
    const std::vector<double> scales(3);
    CHECK_THROWS_WITH_AS(static_cast<void>(rank::unit_scales<double>({2, 2}, kernel, std::span<const double>(scales))),
                         "espalier::rank::unit_scales: got 4 weights and 3 scales, expected 4 and 2",
                         espalier::shape_error);
  }
}
