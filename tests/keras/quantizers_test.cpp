// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <espalier/hls/parse_precision.hpp>
#include <espalier/quantize/binary.hpp>
#include <espalier/quantize/bits.hpp>
#include <espalier/quantize/fixed_point.hpp>
#include <espalier/quantize/power_of_two.hpp>
#include <espalier/quantize/relu_bits.hpp>
#include <espalier/quantize/relu_power_of_two.hpp>
#include <espalier/quantize/scaled_binary.hpp>
#include <espalier/quantize/scaled_bits.hpp>
#include <espalier/quantize/scaled_ternary.hpp>
#include <espalier/quantize/sigmoid_bits.hpp>
#include <espalier/quantize/tanh_bits.hpp>
#include <espalier/quantize/ternary.hpp>

#include "support/keras.hpp"

namespace quantize = espalier::quantize;
using nlohmann::json;

namespace {

/// Settings that no quantizer has, and why.
const std::map<std::string, std::string> out_of_scope{
    {"quadratic_approximation", "powers of two have whole exponents, which hardware shifts by"},
    {"log2_rounding", "exponents are rounded to the nearest"}};

/// Numbers and slopes are those of a case, which are floats.
template <class Quantizer>
void check_quantizer(const Quantizer& q, const json& found, double tolerance = 0) {
  q.validate();
  const json& x = found.at("x");
  for (std::size_t i = 0; i < x.size(); ++i) {
    CAPTURE(x[i].dump());
    const auto number = static_cast<double>(x[i].get<float>());
    CHECK(std::abs(q.value(number) - static_cast<double>(found.at("y")[i].get<float>())) <= tolerance);
    const json& gradient = found.at("gradient");
    const double slope = gradient.is_array() ? gradient[i].get<double>() : gradient.get<double>();
    CHECK(q.slope(number) == doctest::Approx(slope).epsilon(1e-5));
  }
}

/// The same where each channel has a scale that the quantizer finds.
/// @param unit  what scales of QKeras are multiples of; 0: they mean something else.
template <class Quantizer>
void check_scaled(const Quantizer& q, const json& found, double unit) {
  q.validate();
  std::vector<float> x = found.at("x").get<std::vector<float>>();
  const auto shape =
      found.contains("shape") ? found.at("shape").get<std::vector<std::size_t>>() : std::vector<std::size_t>{x.size()};
  std::vector<float> y(x.size());
  const auto scales =
      q.round(espalier::extents(std::span<const std::size_t>(shape)), std::span<const float>(x), std::span<float>(y));
  for (std::size_t i = 0; i < y.size(); ++i) {
    const auto expected = static_cast<double>(found.at("y")[i].get<float>());
    const double tolerance = q.power_of_two ? 1e-7 : 3e-7 * std::abs(expected);
    CHECK(std::abs(static_cast<double>(y[i]) - expected) <= tolerance);
  }
  const auto expected = support::keras_array<double>(found.at("scale"));
  for (std::size_t i = 0; i < expected.size() && unit != 0; ++i) {
    CHECK(scales[i] * unit == doctest::Approx(expected[i]).epsilon(3e-7));
  }
  CHECK(found.at("gradient") == 1);
}

double alpha_of(const json& config) {
  return config.at("alpha").is_null() ? 1 : config.at("alpha").get<double>();
}

bool finds_scales(const json& config) {
  return config.contains("alpha") && config.at("alpha").is_string();
}
bool powers_of_two(const json& config) {
  return config.at("alpha") == "auto_po2";
}

void check_bits(const json& found, const json& config) {
  if (config.at("alpha").is_array()) {
    // Each channel by itself: its alpha multiplies what is rounded.
    const auto alphas = config.at("alpha").get<std::vector<double>>();
    for (std::size_t i = 0; i < found.at("x").size(); ++i) {
      const quantize::bits q{.width = config.at("bits"), .symmetric = true, .alpha = alphas[i % alphas.size()]};
      CHECK(q.value(found.at("x")[i].get<double>()) == found.at("y")[i].get<double>());
    }
  } else if (!finds_scales(config)) {
    check_quantizer(quantize::bits{.width = config.at("bits"),
                                   .integer = config.at("integer"),
                                   .symmetric = config.at("symmetric") == 1,
                                   .keep_negative = config.at("keep_negative"),
                                   .alpha = alpha_of(config)},
                    found);
  } else if (config.at("bits") == 1) {
    CHECK_THROWS_AS(quantize::scaled_bits{.width = 1}.validate(), espalier::argument_error);
  } else {
    const quantize::scaled_bits q{.width = config.at("bits"), .power_of_two = powers_of_two(config)};
    const int bits = config.at("bits");
    // Without a sign QKeras says another scale, but gives the same numbers.
    check_scaled(q, found,
                 config.at("keep_negative") ? std::ldexp(1.0, bits - 1 - config.at("integer").get<int>()) : 0);
  }
}

void check_rectifier(const json& found, const json& config) {
  quantize::relu_bits q{
      .width = config.at("bits"), .integer = config.at("integer"), .negative_slope = config.at("negative_slope")};
  q.stops_gradient = config.value("is_quantized_clip", true);
  if (config.contains("relu_upper_bound") && !config.at("relu_upper_bound").is_null()) {
    q.max_value = config.at("relu_upper_bound");
  }
  check_quantizer(q, found);
}

void check_binary(const json& found, const json& config) {
  if (finds_scales(config)) {
    check_scaled(quantize::scaled_binary{.use_01 = config.at("use_01"), .power_of_two = powers_of_two(config)}, found,
                 0);
    return;
  }
  check_quantizer(
      quantize::binary{.alpha = alpha_of(config), .use_01 = config.at("use_01"), .soft = config.at("alpha").is_null()},
      found);
}

void check_ternary(const json& found, const json& config) {
  if (finds_scales(config)) {
    check_scaled(quantize::scaled_ternary{.power_of_two = powers_of_two(config)}, found, 1);
    return;
  }
  quantize::ternary q{.alpha = alpha_of(config), .soft = config.at("alpha").is_null()};
  if (!config.at("threshold").is_null()) {
    q.threshold = config.at("threshold");
  }
  q.threshold = static_cast<double>(static_cast<float>(q.threshold));
  check_quantizer(q, found);
}

/// QKeras adds 1e-7 before it takes the logarithm.
template <class Quantizer>
void check_powers(Quantizer q, const json& found, const json& config) {
  q.width = config.at("bits");
  if (!config.at("max_value").is_null()) {
    q.max_value = config.at("max_value");
  }
  check_quantizer(q, found, 1e-7);
}

using check = std::function<void(const json& found, const json& config)>;
const std::map<std::string, check> checks{
    {"quantized_bits", check_bits},
    {"quantized_relu", check_rectifier},
    {"quantized_tanh",
     [](const json& found, const json& config) {
       check_quantizer(quantize::tanh_bits{.width = config.at("bits"),
                                           .symmetric = config.at("symmetric") == 1,
                                           .exact = config.at("use_real_tanh")},
                       found);
     }},
    {"quantized_sigmoid",
     [](const json& found, const json& config) {
       check_quantizer(quantize::sigmoid_bits{.width = config.at("bits"),
                                              .symmetric = config.at("symmetric") == 1,
                                              .exact = config.at("use_real_sigmoid")},
                       found);
     }},
    {"binary", check_binary},
    {"ternary", check_ternary},
    {"quantized_po2",
     [](const json& found, const json& config) { check_powers(quantize::power_of_two{}, found, config); }},
    {"quantized_relu_po2", [](const json& found, const json& config) {
       check_powers(quantize::relu_power_of_two{.negative_slope = config.value("negative_slope", 0.0)}, found, config);
     }}};

}  // namespace

TEST_SUITE("keras") {
  TEST_CASE("fixed-point numbers round and overflow as ap_fixed does, in every mode") {
    const json file = support::keras_file("quantizers.json");
    int modes = 0;
    for (const json& found : file.at("ap_fixed")) {
      std::string type = found.at("type");
      for (const auto& [mode, numbers] : found.at("y").items()) {
        const std::string text = type.substr(0, type.size() - 1) + "," + mode + ">";
        CAPTURE(text);
        const auto q = quantize::to_fixed_point(espalier::hls::parse_precision(text));
        bool exact = true;
        for (std::size_t i = 0; i < numbers.size(); ++i) {
          exact &= q.value(found.at("x")[i].get<double>()) == numbers[i].get<double>();
        }
        CHECK(exact);
        ++modes;
      }
    }
    CHECK(modes == 288);
  }

  TEST_CASE("quantizers are QKeras's, in every case of the file that is in scope") {
    const json file = support::keras_file("quantizers.json");
    std::size_t left_out = 0;
    for (const json& found : file.at("cases")) {
      const json& config = found.at("config");
      const std::string kind = found.at("quantizer");
      CAPTURE(kind);
      CAPTURE(config.dump());
      bool in_scope = true;
      for (const auto& [setting, reason] : out_of_scope) {
        in_scope = in_scope && !config.contains(setting);
      }
      if (in_scope) {
        REQUIRE(checks.contains(kind));
        checks.at(kind)(found, config);
      } else {
        ++left_out;
      }
    }
    CHECK(file.at("cases").size() >= 337);
    CHECK(left_out == 3);
  }
}
