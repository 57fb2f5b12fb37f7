// SPDX-License-Identifier: Apache-2.0
#include <espalier/regularize/group_norms.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "support/parity.hpp"

namespace parity = support::parity;
namespace regularize = espalier::regularize;
using parity::json;

namespace {

template <class Value>
void check(const json& test) {
  const auto layer = parity::layer_of(test);
  const espalier::structure::grouping groups(parity::rule_of(test.at("grouping")), grouping_shape(layer));
  const regularize::group_norms penalty(
      {.alpha = test.at("alpha"),
       .beta = test.at("beta"),
       .norm = test.at("norm") == 1 ? regularize::norm_over_groups::one : regularize::norm_over_groups::two});
  const auto kernel = test.at("kernel").get<std::vector<Value>>();
  const auto got = penalty(groups, std::span<const Value>(kernel));
  const double tolerance = sizeof(Value) == sizeof(float) ? 1e-5 : 1e-9;
  CHECK(parity::close(got.penalty, test.at("penalty"), 0, tolerance));
  const auto expected = test.at("gradient").get<std::vector<double>>();
  double scale = 0;
  for (const double number : expected) {
    scale = (std::max)(scale, std::abs(number));
  }
  REQUIRE(got.gradient.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(parity::close(static_cast<double>(got.gradient[i]), expected[i], scale, tolerance));
  }
}

}  // namespace

TEST_SUITE("parity") {
  TEST_CASE("penalties and gradients are those of the files, in double and in float") {
    const json file = parity::load("regularizers");
    for (const json& test : file.at("cases")) {
      CAPTURE(test.at("id").get<std::string>());
      check<double>(test);
      check<float>(test);
    }
  }
}
