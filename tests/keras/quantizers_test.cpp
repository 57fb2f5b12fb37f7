// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <espalier/hls/parse_precision.hpp>
#include <espalier/quantize/binary.hpp>
#include <espalier/quantize/bits.hpp>
#include <espalier/quantize/fixed_point.hpp>
#include <espalier/quantize/power_of_two.hpp>
#include <espalier/quantize/relu_bits.hpp>
#include <espalier/quantize/ternary.hpp>

#include "support/keras.hpp"

namespace quantize = espalier::quantize;
using nlohmann::json;

namespace {

/// Numbers and slopes are those of a case, which are floats.
template <class Quantizer>
void check_quantizer(const Quantizer& q, const json& found, double tolerance = 0) {
  CAPTURE(found.at("config").dump());
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

/// @return how many cases `check(case, config)` takes.
template <class Check>
int check_cases(const std::string& kind, const Check& check) {
  const json file = support::keras_file("quantizers.json");
  int checked = 0;
  for (const json& found : file.at("cases")) {
    const json& config = found.at("config");
    const bool given = !config.contains("alpha") || config.at("alpha").is_null() || config.at("alpha").is_number();
    if (found.at("quantizer") == kind && given && check(found, config)) {
      ++checked;
    }
  }
  return checked;
}

double alpha_of(const json& config) {
  return config.at("alpha").is_null() ? 1 : config.at("alpha").get<double>();
}

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

  TEST_CASE("quantized bits are QKeras's") {
    CHECK(check_cases("quantized_bits", [](const json& found, const json& config) {
            check_quantizer(quantize::bits{.width = config.at("bits"),
                                           .integer = config.at("integer"),
                                           .symmetric = config.at("symmetric") == 1,
                                           .keep_negative = config.at("keep_negative"),
                                           .alpha = alpha_of(config)},
                            found);
            return true;
          }) == 111);
  }

  TEST_CASE("quantized rectifiers are QKeras's") {
    CHECK(check_cases("quantized_relu", [](const json& found, const json& config) {
            quantize::relu_bits q{.width = config.at("bits"),
                                  .integer = config.at("integer"),
                                  .negative_slope = config.at("negative_slope")};
            q.stops_gradient = config.value("is_quantized_clip", true);
            if (config.contains("relu_upper_bound") && !config.at("relu_upper_bound").is_null()) {
              q.max_value = config.at("relu_upper_bound");
            }
            check_quantizer(q, found);
            return true;
          }) == 58);
  }

  TEST_CASE("binary and ternary numbers and powers of two are QKeras's") {
    CHECK(check_cases("binary", [](const json& found, const json& config) {
            check_quantizer(
                quantize::binary{
                    .alpha = alpha_of(config), .use_01 = config.at("use_01"), .soft = config.at("alpha").is_null()},
                found);
            return true;
          }) == 6);
    CHECK(check_cases("ternary", [](const json& found, const json& config) {
            quantize::ternary q{.alpha = alpha_of(config), .soft = config.at("alpha").is_null()};
            if (!config.at("threshold").is_null()) {
              q.threshold = config.at("threshold");
            }
            q.threshold = static_cast<double>(static_cast<float>(q.threshold));
            check_quantizer(q, found);
            return true;
          }) == 6);
    CHECK(check_cases("quantized_po2", [](const json& found, const json& config) {
            if (config.size() != 2) {
              return false;
            }
            quantize::power_of_two q{.width = config.at("bits")};
            if (!config.at("max_value").is_null()) {
              q.max_value = config.at("max_value");
            }
            check_quantizer(q, found, 1e-7);  // QKeras adds that much before it takes the logarithm
            return true;
          }) == 20);
  }
}
