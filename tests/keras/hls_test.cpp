// SPDX-License-Identifier: Apache-2.0
#include <espalier/hls/config.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include <espalier/hls/parse_precision.hpp>
#include <espalier/hls/parse_strategy.hpp>
#include <espalier/hls/precision.hpp>
#include <espalier/objective/vivado_dsp.hpp>

#include "support/keras.hpp"

namespace attributes = espalier::attributes;
namespace hls = espalier::hls;
using nlohmann::json;

namespace {

/// A type that is not known is just "auto".
std::string kind_of(const json& expected) {
  return expected.is_string() ? expected : expected.at("kind");
}

void check_precision(const hls::precision& got, const json& expected) {
  const std::string kind = kind_of(expected);
  REQUIRE((kind == "auto" || kind == "fixed" || kind == "integer" || kind == "float"));
  CHECK((got.kind == hls::number_kind::automatic) == (kind == "auto"));
  CHECK((got.kind == hls::number_kind::fixed) == (kind == "fixed"));
  CHECK((got.kind == hls::number_kind::integer) == (kind == "integer"));
  if (kind != "auto") {
    CHECK(got.width == expected.at("width").get<std::uint32_t>());
  }
  if (kind == "fixed" || kind == "integer") {
    CHECK(got.integer == expected.at("integer").get<std::int32_t>());
    CHECK(got.is_signed == (expected.at("signed") == 1));
    CHECK(got.rounding == expected.at("rounding").get<std::string>());
    CHECK(got.saturation == expected.at("saturation").get<std::string>());
    CHECK(got.saturation_bits == expected.value("saturation_bits", 0));
  }
}

hls::settings read_settings(const json& level) {
  hls::settings result;
  if (level.contains("Strategy")) {
    const auto parsed = hls::parse_strategy(level.at("Strategy").get<std::string>());
    result.strategy = parsed.strategy;
    result.warning = parsed.warning;
  }
  if (level.contains("ReuseFactor")) {
    result.reuse_factor = level.at("ReuseFactor").get<std::uint64_t>();
  }
  if (level.contains("Compression")) {
    result.compression = level.at("Compression").get<bool>();
  }
  if (!level.contains("Precision")) {
    return result;
  }
  if (level.at("Precision").is_string()) {
    result.precision["default"] = hls::parse_precision(level.at("Precision").get<std::string>());
    return result;
  }
  for (const auto& [variable, text] : level.at("Precision").items()) {
    result.precision[variable] = hls::parse_precision(text.get<std::string>());
  }
  return result;
}

hls::config read_config(const json& file) {
  hls::config result;
  result.model = read_settings(file.at("Model"));
  const json by_type = file.value("LayerType", json::object());
  for (const auto& [type, level] : by_type.items()) {
    result.type[type] = read_settings(level);
  }
  const json by_name = file.value("LayerName", json::object());
  for (const auto& [name, level] : by_name.items()) {
    result.name[name] = read_settings(level);
  }
  if (file.contains("IOType")) {
    result.io_type = hls::parse_io_type(file.at("IOType").get<std::string>());
  }
  return result;
}

attributes::layer_attributes describe(const json& layer) {
  attributes::layer_attributes result;
  result.name = layer.at("name");
  const auto shape = layer.at("weight_shape").get<std::vector<std::size_t>>();
  result.kernel_shape = espalier::extents(std::span<const std::size_t>(shape));
  result.kind = shape.size() == 2   ? attributes::layer_kind::dense
                : shape.size() == 3 ? attributes::layer_kind::conv1d
                                    : attributes::layer_kind::conv2d;
  return result;
}

void check_layer(const hls::config& config, const json& expected) {
  const std::string name = expected.at("name");
  const std::string type = expected.at("class");
  CAPTURE(name);
  const hls::layer_config got = config.of(name, type);
  const std::string strategy = expected.at("strategy");
  CHECK(got.compression == (strategy == "compressed"));
  CHECK(to_string(got.strategy) == (strategy == "compressed" ? "resource" : strategy));
  CHECK(got.reuse_factor == expected.at("reuse_factor").get<std::uint64_t>());
  if (!expected.at("io_type").is_null()) {
    CHECK(to_string(got.io_type) == expected.at("io_type").get<std::string>());
  }
  for (const std::string variable : {"weight", "bias", "result"}) {
    check_precision(config.precision_of(name, type, variable), expected.at(variable + "_precision"));
  }
  check_precision(config.model.precision.at("default"), expected.at("default_precision"));
  const json& weight = expected.at("weight_precision");
  const json& known = kind_of(weight) == "auto" ? expected.at("default_precision") : weight;
  CHECK(got.weight_width == known.at("width").get<std::uint32_t>());
  const bool warned = got.warning.find("unknown strategy") != std::string::npos;
  CHECK(warned == expected.contains("warning"));

  attributes::layer_attributes layer = describe(expected);
  layer.hls = got;
  CHECK(espalier::objective::vivado_dsp{}(layer).reuse_factor ==
        expected.at("built_reuse_factor").get<std::uint64_t>());
  const hls::matrix_size matrix{expected.at("n_in"), expected.at("n_out")};
  auto valid = hls::valid_reuse_factors(matrix);
  if (strategy == "resource_unrolled") {
    valid.pop_back();  // it cannot take all weights in turn
  }
  CHECK(valid == expected.at("valid_reuse_factors").get<std::vector<std::uint64_t>>());
}

}  // namespace

TEST_SUITE("keras") {
  TEST_CASE("precision strings mean what hls4ml says, and broken ones are refused, also where hls4ml accepts them") {
    const json file = support::keras_file("hls.json");
    REQUIRE(file.at("precision_strings").size() > 40);
    for (const json& test : file.at("precision_strings")) {
      const std::string text = test.at("string");
      CAPTURE(text);
      if (test.at("expect") == "error") {
        CHECK_THROWS_AS(static_cast<void>(hls::parse_precision(text)), espalier::parse_error);
        continue;
      }
      const hls::precision got = hls::parse_precision(text);
      check_precision(got, test);
      CHECK(hls::parse_precision(to_string(got)) == got);
    }
  }

  TEST_CASE("settings by name, type and model merge as in hls4ml, one by one") {
    const json file = support::keras_file("hls.json");
    std::size_t layers = 0;
    for (const json& test : file.at("configs")) {
      if (!test.contains("same_as_json")) {
        continue;  // a project file, which exists as YAML only
      }
      const std::string name = test.at("same_as_json");
      CAPTURE(name);
      const hls::config config = read_config(support::keras_file(name));
      for (const json& layer : test.at("expected")) {
        if (layer.contains("strategy") && !layer.at("weight_shape").empty()) {
          check_layer(config, layer);
          ++layers;
        }
      }
    }
    CHECK(layers > 60);
  }
}
