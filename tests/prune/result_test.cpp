// SPDX-License-Identifier: Apache-2.0
#include <espalier/prune/result.hpp>

#include <doctest/doctest.h>

TEST_SUITE("prune") {
  TEST_CASE("a result is a plain value: masks, report and the reason why the run ended") {
    espalier::prune::result<float> result{{{{1, 0}, {}}}, {}, espalier::prune::ending::stopped};
    const auto copy = result;
    result.masks.clear();
    CHECK(copy.masks[0].mask == std::vector<std::uint8_t>{1, 0});
    CHECK(copy.ending == espalier::prune::ending::stopped);
  }
}
