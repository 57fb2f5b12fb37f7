// SPDX-License-Identifier: Apache-2.0
// Everything in one translation unit; second_unit.cpp is another one of the same program.
#include "everything.hpp"

#include <doctest/doctest.h>

#include "whole_run.hpp"

TEST_SUITE("whole_library") {
  TEST_CASE("two translation units with everything share every definition and come to the same result") {
    const seen second = seen_by_second_unit();
    CHECK(second.report == whole_run());
    CHECK(second.report.find("\"accepted\": true") != std::string::npos);
    CHECK(second.addresses == addresses_of_entities());
  }

  TEST_CASE("the version as text, as numbers and as one number agree") {
    const std::string dot = ".";
    CHECK(espalier::version_string == std::to_string(ESPALIER_VERSION_MAJOR) + dot +
                                          std::to_string(ESPALIER_VERSION_MINOR) + dot +
                                          std::to_string(ESPALIER_VERSION_PATCH));
    CHECK(ESPALIER_VERSION == ESPALIER_VERSION_MAJOR * 10000 + ESPALIER_VERSION_MINOR * 100 + ESPALIER_VERSION_PATCH);
  }
}
