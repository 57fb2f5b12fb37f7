// SPDX-License-Identifier: Apache-2.0
#include <espalier/hls/layer_config.hpp>

#include <doctest/doctest.h>

namespace hls = espalier::hls;

TEST_SUITE("hls") {
  TEST_CASE("strategies and I/O types have the names that hls4ml gives them") {
    CHECK(to_string(hls::strategy::latency) == "latency");
    CHECK(to_string(hls::strategy::resource) == "resource");
    CHECK(to_string(hls::strategy::resource_unrolled) == "resource_unrolled");
    CHECK(to_string(hls::strategy::distributed_arithmetic) == "distributed_arithmetic");
    for (const hls::io_type type : {hls::io_type::io_parallel, hls::io_type::io_stream}) {
      CHECK(hls::parse_io_type(to_string(type)) == type);
    }
  }

  TEST_CASE("an I/O type that does not exist is refused with the closest") {
    CHECK_THROWS_WITH_AS(static_cast<void>(hls::parse_io_type("io_paralel")),
                         "espalier::hls::parse_io_type: got 'io_paralel', expected 'io_parallel' or the other",
                         espalier::parse_error);
    CHECK_THROWS_AS(static_cast<void>(hls::parse_io_type("")), espalier::parse_error);
  }

  TEST_CASE("without settings a layer is built as hls4ml builds it: latency, reuse factor 1, 16 bits") {
    const hls::layer_config config;
    CHECK(config.strategy == hls::strategy::latency);
    CHECK(config.reuse_factor == 1);
    CHECK(config.weight_width == 16);
    CHECK(config.output_width == 16);
    CHECK(config.io_type == hls::io_type::io_parallel);
    CHECK_FALSE(config.compression);
  }
}
