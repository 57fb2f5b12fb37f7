// SPDX-License-Identifier: Apache-2.0
#include <espalier/report/pruning_report.hpp>

#include <doctest/doctest.h>

#include "support/sample_report.hpp"

TEST_SUITE("report") {
  TEST_CASE("a report is a plain value that can be copied and read without the loop") {
    const espalier::report::pruning_report copy = support::sample_report();
    CHECK(copy.layers.back().note == "weights of 8 bits use no DSP");
    CHECK(copy.levels.front().accepted);
    CHECK(espalier::report::pruning_report{}.levels.empty());
  }
}
