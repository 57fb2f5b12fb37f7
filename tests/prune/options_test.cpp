// SPDX-License-Identifier: Apache-2.0
#include <espalier/prune/options.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <type_traits>

namespace prune = espalier::prune;

TEST_SUITE("prune") {
  TEST_CASE("by default groups are ranked by the Fisher information and put on one scale by lamp") {
    CHECK(std::is_same_v<decltype(prune::options<>{}.valuation.ranking), espalier::rank::fisher>);
    CHECK(std::is_same_v<decltype(prune::options<>{}.valuation.normalization), espalier::rank::lamp>);
    CHECK_NOTHROW(prune::validate(prune::options<>{}));
  }

  TEST_CASE("settings out of range are refused with what came and what was expected") {
    CHECK_THROWS_WITH_AS(prune::validate(prune::options<>{.relative_tolerance = -1}),
                         "espalier::prune::optimize: got relative tolerance -1.000000, expected more than 0",
                         espalier::argument_error);
    CHECK_THROWS_AS(prune::validate(prune::options<>{.relative_tolerance = std::nan("")}), espalier::argument_error);
    CHECK_THROWS_AS(prune::validate(prune::options<>{.epochs = 0}), espalier::argument_error);
    CHECK_THROWS_WITH_AS(
        prune::validate(prune::options<>{.epochs = 2, .rewinding = 2}),
        "espalier::prune::optimize: got 2 epochs with rewinding 2, expected at least one epoch, and fewer to rewind",
        espalier::argument_error);
    CHECK_THROWS_AS(prune::validate(prune::options<>{.floor = std::nan("")}), espalier::argument_error);
    CHECK_THROWS_AS(prune::validate(prune::options<>{.maximum_seconds = -1, .clock = [] { return 0.0; }}),
                    espalier::argument_error);
    CHECK_THROWS_WITH_AS(prune::validate(prune::options<>{.maximum_seconds = 2}),
                         doctest::Contains("2.000000 seconds without a clock"), espalier::argument_error);
    CHECK_THROWS_WITH_AS(prune::validate(prune::options<>{.measure_times = true}),
                         doctest::Contains("times to measure without a clock"), espalier::argument_error);
    CHECK_NOTHROW(prune::validate(prune::options<>{.maximum_seconds = 2, .clock = [] { return 0.0; }}));
  }
}
