// SPDX-License-Identifier: Apache-2.0
#include <espalier/hls/config.hpp>

#include <doctest/doctest.h>

#include <espalier/hls/parse_precision.hpp>

namespace hls = espalier::hls;
using hls::parse_precision;
using hls::strategy;

TEST_SUITE("hls") {
  TEST_CASE("each setting comes from the finest granularity that gives it") {
    hls::config config;
    config.model = {
        .strategy = strategy::resource, .reuse_factor = 4, .precision = {{"default", parse_precision("fixed<18,8>")}}};
    config.type["Dense"] = {.reuse_factor = 8, .precision = {{"result", parse_precision("fixed<12,4>")}}};
    config.name["output"] = {.strategy = strategy::latency, .precision = {{"weight", parse_precision("fixed<9,2>")}}};

    const auto output = config.of("output", "Dense");
    CHECK(output.strategy == strategy::latency);
    CHECK(output.reuse_factor == 8);
    CHECK(output.weight_width == 9);
    CHECK(output.output_width == 12);
    const auto hidden = config.of("hidden", "Dense");
    CHECK(hidden.strategy == strategy::resource);
    CHECK(hidden.weight_width == 18);
    CHECK(config.of("conv", "Conv2D").reuse_factor == 4);
    CHECK(config.of("conv", "Conv2D").output_width == 18);
  }

  TEST_CASE("within one level the variable comes before its default, and a level before a coarser one") {
    hls::config config;
    config.model.precision = {{"weight", parse_precision("fixed<10,1>")}, {"default", parse_precision("fixed<16,6>")}};
    config.name["a"].precision = {{"default", parse_precision("fixed<12,4>")}};
    config.name["b"].precision = {{"default", parse_precision("fixed<12,4>")}, {"weight", parse_precision("int<5>")}};
    CHECK(config.precision_of("a", "Dense", "weight").width == 12);
    CHECK(config.precision_of("b", "Dense", "weight").width == 5);
    CHECK(config.precision_of("b", "Dense", "bias").width == 12);
    CHECK(config.precision_of("c", "Dense", "weight").width == 10);
    CHECK(config.precision_of("c", "Dense", "bias").width == 16);
  }

  TEST_CASE("auto is not known until given, and as wide as the model's default, or else 16 bits") {
    hls::config config;
    config.name["a"].precision = {{"weight", parse_precision("auto")}};
    CHECK(config.precision_of("a", "Dense", "weight").kind == hls::number_kind::automatic);
    CHECK(config.of("a", "Dense").weight_width == 16);
    config.model.precision = {{"default", parse_precision("fixed<20,6>")}};
    CHECK(config.of("a", "Dense").weight_width == 20);
    config.model.precision = {{"default", parse_precision("auto")}};
    CHECK(config.of("a", "Dense").weight_width == 16);
    CHECK(config.precision_of("nobody", "Conv2D", "result").kind == hls::number_kind::automatic);
  }

  TEST_CASE("a bare width stands for the precision of its level") {
    hls::config config;
    config.model = {.weight_width = 18, .output_width = 20};
    config.name["a"].precision = {{"weight", parse_precision("fixed<9,2>")}};
    CHECK(config.of("a", "Dense").weight_width == 9);
    CHECK(config.of("a", "Dense").output_width == 20);
    CHECK(config.of("b", "Dense").weight_width == 18);
  }

  TEST_CASE("compression turns resource dense layers into compressed ones, and no others") {
    hls::config config;
    config.model = {.strategy = strategy::resource, .compression = true};
    config.name["quick"].strategy = strategy::latency;
    CHECK(config.of("a", "Dense").compression);
    CHECK(config.of("a", "QDense").compression);
    CHECK_FALSE(config.of("a", "Conv2D").compression);
    CHECK_FALSE(config.of("quick", "Dense").compression);
  }

  TEST_CASE("the warning of a strategy comes from where the strategy does") {
    hls::config config;
    config.model = {.strategy = strategy::latency, .warning = "unknown strategy 'Unrolled'"};
    config.name["a"].strategy = strategy::resource;
    CHECK(config.of("a", "Dense").warning.empty());
    CHECK(config.of("b", "Dense").warning == "unknown strategy 'Unrolled'");
  }

  TEST_CASE("a reuse factor of 0, or a negative one, is refused by the layer that has it") {
    hls::config config;
    config.type["Dense"].reuse_factor = 0;
    CHECK_THROWS_WITH_AS(static_cast<void>(config.of("a", "Dense")),
                         "espalier::hls::config::of: got layer 'a' with reuse factor 0, expected 1 or more",
                         espalier::argument_error);
    CHECK_NOTHROW(static_cast<void>(config.of("a", "Conv2D")));
    config.type["Dense"].reuse_factor = static_cast<std::uint64_t>(-4);
    CHECK_THROWS_WITH_AS(static_cast<void>(config.of("a", "Dense")),
                         "espalier::hls::config::of: got layer 'a' with reuse factor -4, expected 1 or more",
                         espalier::argument_error);
  }
}
