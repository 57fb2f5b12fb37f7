// SPDX-License-Identifier: Apache-2.0
#include <espalier/report/time_split.hpp>

#include <doctest/doctest.h>

TEST_SUITE("report") {
  TEST_CASE("the parts of the time are named in order and make up the total") {
    constexpr espalier::report::time_split times{8, 1, 0.5, 0.25, 0.25};
    static_assert(times.total() == 10);
    double sum = 0;
    for (const auto& [name, seconds] : times.parts()) {
      CHECK_FALSE(name.empty());
      sum += seconds;
    }
    CHECK(sum == times.total());
    CHECK(times.parts()[1].first == "ranking");
    CHECK(times.parts()[1].second == 1);
  }
}
