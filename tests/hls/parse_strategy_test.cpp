// SPDX-License-Identifier: Apache-2.0
#include <espalier/hls/parse_strategy.hpp>

#include <doctest/doctest.h>

namespace hls = espalier::hls;
using hls::strategy;

TEST_SUITE("hls") {
  TEST_CASE("the ways that hls4ml reads are read without a word") {
    for (const char* name : {"resource_unrolled", "ResourceUnrolled", "Resource_Unrolled"}) {
      CAPTURE(name);
      CHECK(hls::parse_strategy(name).strategy == strategy::resource_unrolled);
      CHECK(hls::parse_strategy(name).warning.empty());
    }
    CHECK(hls::parse_strategy("Resource").strategy == strategy::resource);
    CHECK(hls::parse_strategy("Latency").warning.empty());
    CHECK(hls::parse_strategy("DistributedArithmetic").strategy == strategy::distributed_arithmetic);
  }

  TEST_CASE("capitals mean what they say here, with a warning that hls4ml takes them silently as latency") {
    CHECK(hls::parse_strategy("RESOURCE").strategy == strategy::resource);
    CHECK(hls::parse_strategy("RESOURCE").warning == "hls4ml reads strategy 'RESOURCE' as latency; write 'resource'");
    CHECK(hls::parse_strategy("LATENCY").strategy == strategy::latency);
    CHECK(hls::parse_strategy("LATENCY").warning.empty());  // it is latency either way
  }

  TEST_CASE("'Unrolled' is no strategy: it is latency as in hls4ml, which says nothing, and the closest is named") {
    const auto parsed = hls::parse_strategy("Unrolled");
    CHECK(parsed.strategy == strategy::latency);
    CHECK(parsed.warning.find("unknown strategy 'Unrolled'") == 0);
  }

  TEST_CASE("other names are refused with the closest one") {
    CHECK_THROWS_WITH_AS((void)hls::parse_strategy("resorce"),
                         "espalier::hls::parse_strategy: got strategy 'resorce', expected one of hls4ml's, such as "
                         "'resource'; it would build latency, silently",
                         espalier::argument_error);
    CHECK_THROWS_AS((void)hls::parse_strategy(""), espalier::argument_error);
    CHECK_THROWS_AS((void)hls::parse_strategy("Fastest"), espalier::argument_error);
  }
}
