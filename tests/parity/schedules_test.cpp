// SPDX-License-Identifier: Apache-2.0
#include <espalier/schedule/schedule.hpp>

#include <doctest/doctest.h>

#include <espalier/schedule/binary.hpp>
#include <espalier/schedule/constant.hpp>
#include <espalier/schedule/polynomial.hpp>

#include "support/parity.hpp"

namespace parity = support::parity;
namespace schedule = espalier::schedule;
using parity::json;

namespace {

/// Makes the schedule of a case and hands it on.
template <class Use>
void with_schedule(const json& test, Use&& use) {
  const double initial = test.at("initial");
  const double final = test.at("final");
  if (test.at("kind") == "constant") {
    use(schedule::constant({.initial = initial, .final = final, .step = test.at("step")}));
  } else if (test.at("kind") == "polynomial") {
    use(schedule::polynomial(
        {.initial = initial, .final = final, .steps = test.at("steps"), .power = test.at("power")}));
  } else {
    REQUIRE(test.at("kind") == "binary");
    use(schedule::binary({.initial = initial, .final = final, .threshold = test.at("threshold")}));
  }
}

}  // namespace

TEST_SUITE("parity") {
  TEST_CASE("schedules move as the files say, after success and after failure") {
    const json file = parity::load("schedules");
    for (const json& test : file.at("cases")) {
      CAPTURE(test.at("id").get<std::string>());
      if (test.contains("error")) {
        CHECK_THROWS_AS(with_schedule(test, [](const auto&) {}), espalier::argument_error);
        continue;
      }
      with_schedule(test, [&](auto moving) {
        CHECK(parity::close(moving.sparsity(), test.at("initial"), 1, 1e-12));
        for (const json& step : test.at("trace")) {
          CHECK((step.at(0) == "update" ? moving.update() : moving.repair()) == step.at(1).get<bool>());
          CHECK(parity::close(moving.sparsity(), step.at(2), 1, 1e-12));
        }
      });
    }
  }
}
