// SPDX-License-Identifier: Apache-2.0
#include <espalier/structure/grouping.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <numeric>
#include <vector>

#include <espalier/attributes/validate.hpp>

#include "support/parity.hpp"

namespace parity = support::parity;
using parity::json;

namespace {

espalier::structure::grouping make(const json& test) {
  const auto layer = parity::layer_of(test);
  espalier::attributes::validate(layer);
  return {parity::rule_of(test), grouping_shape(layer)};
}

void expect_refusal(const json& test) {
  if (test.at("error") == "shape_error") {
    CHECK_THROWS_AS(make(test), espalier::shape_error);
  } else {
    REQUIRE(test.at("error") == "argument_error");
    CHECK_THROWS_AS(make(test), espalier::argument_error);
  }
}

}  // namespace

TEST_SUITE("parity") {
  TEST_CASE("every weight is in the group that the files say, and what has no groups is refused") {
    const json file = parity::load("groupings");
    for (const json& test : file.at("cases")) {
      CAPTURE(test.at("id").get<std::string>());
      if (test.contains("error")) {
        expect_refusal(test);
        continue;
      }
      const auto groups = make(test);
      CHECK(groups.count() == test.at("count").get<std::size_t>());
      std::vector<std::size_t> got(groups.weights());
      groups.visit([&](std::size_t group, std::size_t index) { got[index] = group; });
      CHECK(got == test.at("groups").get<std::vector<std::size_t>>());
    }
  }
}
