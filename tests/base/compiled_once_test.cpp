// SPDX-License-Identifier: Apache-2.0
#include <espalier/base/compiled_once.hpp>

#include <doctest/doctest.h>

#include <string>

#define TEXT_OF(words) #words
#define EXPANDED(words) TEXT_OF(words)

TEST_SUITE("base") {
  TEST_CASE("units of a program that compiles large parts once leave them to another unit") {
    CHECK(std::string(EXPANDED(ESPALIER_COMPILED_ONCE)) == "extern template");
  }
}
