// SPDX-License-Identifier: Apache-2.0
#include <espalier/tune/dimension.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace tune = espalier::tune;

TEST_SUITE("tune") {
  TEST_CASE("a dimension goes from its low end to its high end, by factors or by steps") {
    const tune::dimension factors{1e-4, 1e-2};
    CHECK(factors.at(0) == 1e-4);
    CHECK(factors.at(1) == 1e-2);
    CHECK(factors.at(0.5) == doctest::Approx(1e-3));
    const tune::dimension steps{-1, 3, false};
    CHECK(steps.at(0) == -1);
    CHECK(steps.at(0.25) == 0);
    CHECK(steps.at(1) == 3);
  }

  TEST_CASE("ranges that are none are refused") {
    const auto refused = [](std::vector<tune::dimension> space) {
      CHECK_THROWS_AS(tune::validate(space, "tune::test"), espalier::argument_error);
    };
    refused({});
    refused({{0, 1}});
    refused({{2, 1}});
    refused({{1, INFINITY}});
    refused({{std::nan(""), 1, false}});
    CHECK_NOTHROW(tune::validate(std::vector<tune::dimension>{{0, 1, false}, {1, 1}}, "tune::test"));
  }
}
