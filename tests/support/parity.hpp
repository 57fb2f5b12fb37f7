// SPDX-License-Identifier: Apache-2.0
// Reads the parity files: inputs and expected results of every definition, from tests/data/parity or the folder in the
// environment variable ESPALIER_PARITY_DIR.
#ifndef ESPALIER_TESTS_SUPPORT_PARITY_HPP
#define ESPALIER_TESTS_SUPPORT_PARITY_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <espalier/attributes/layer_attributes.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/structure/rules.hpp>

namespace support::parity {

using nlohmann::json;

/// The whole file; a file that is missing, empty or of another format is an error, so that its test fails.
inline json load(const std::string& name) {
  const char* folder = std::getenv("ESPALIER_PARITY_DIR");
  const std::string path =
      (folder != nullptr ? std::string(folder) : std::string(ESPALIER_TEST_DATA) + "/parity") + "/" + name + ".json";
  std::ifstream stream(path);
  if (!stream) {
    throw std::runtime_error("no parity file " + path);
  }
  json file = json::parse(stream);
  if (file.at("version") != 1 || file.at("cases").empty()) {
    throw std::runtime_error("no cases of version 1 in " + path);
  }
  return file;
}

inline espalier::extents shape_of(const json& sizes) {
  const auto numbers = sizes.get<std::vector<std::size_t>>();
  return espalier::extents(std::span<const std::size_t>(numbers));
}

/// A grouping, written {"structure", "rows", "consecutive" | "block"}.
inline espalier::structure::rule rule_of(const json& grouping) {
  const std::string structure = grouping.at("structure");
  if (structure == "pattern") {
    return espalier::structure::pattern{grouping.at("rows"), grouping.at("consecutive")};
  }
  if (structure == "block") {
    return espalier::structure::block{grouping.at("block").at(0), grouping.at("block").at(1)};
  }
  if (structure == "structured") {
    return espalier::structure::structured{};
  }
  if (structure != "unstructured") {
    throw std::runtime_error("unknown structure " + structure);
  }
  return espalier::structure::unstructured{};
}

inline espalier::hls::strategy strategy_of(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  if (name == "latency") {
    return espalier::hls::strategy::latency;
  }
  if (name == "resource") {
    return espalier::hls::strategy::resource;
  }
  if (name == "resource_unrolled") {
    return espalier::hls::strategy::resource_unrolled;
  }
  if (name == "distributed_arithmetic") {
    return espalier::hls::strategy::distributed_arithmetic;
  }
  throw std::runtime_error("unknown strategy " + name);
}

/// Kind and shapes of a layer; kind "none" is a layer without a kernel.
inline espalier::attributes::layer_attributes layer_of(const json& layer) {
  espalier::attributes::layer_attributes result;
  result.name = layer.value("name", "layer");
  result.kind =
      layer.at("kind") == "conv2d" ? espalier::attributes::layer_kind::conv2d : espalier::attributes::layer_kind::dense;
  result.kernel_shape = shape_of(layer.at("kernel_shape"));
  result.input_shape = shape_of(layer.value("input_shape", json::array()));
  result.output_shape = shape_of(layer.value("output_shape", json::array()));
  return result;
}

/// Puts the hls settings of a case into a layer.
inline void configure(espalier::attributes::layer_attributes& layer, const json& settings, const std::string& io_type) {
  layer.hls.strategy = strategy_of(settings.at("strategy"));
  layer.hls.reuse_factor = settings.at("reuse_factor");
  layer.hls.weight_width = settings.at("weight_width");
  layer.hls.output_width = settings.at("output_width");
  layer.hls.io_type = io_type == "io_stream" ? espalier::hls::io_type::io_stream : espalier::hls::io_type::io_parallel;
}

/// Whether a number is the expected one: |got - expected| <= tolerance max(|expected|, scale).
inline bool close(double got, double expected, double scale, double tolerance = 1e-9) {
  return std::abs(got - expected) <= tolerance * (std::max)(std::abs(expected), scale);
}

}  // namespace support::parity

#endif
