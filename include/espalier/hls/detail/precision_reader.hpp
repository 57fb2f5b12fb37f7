// SPDX-License-Identifier: Apache-2.0
// Reads the type of a number as HLS tools write it.
#ifndef ESPALIER_HLS_DETAIL_PRECISION_READER_HPP
#define ESPALIER_HLS_DETAIL_PRECISION_READER_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <espalier/base/closest_name.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/hls/precision.hpp>

namespace espalier::inline v0::hls::detail {

inline constexpr std::array<std::string_view, 7> roundings{"TRN",      "TRN_ZERO", "RND",        "RND_CONV",
                                                           "RND_ZERO", "RND_INF",  "RND_MIN_INF"};
inline constexpr std::array<std::string_view, 4> saturations{"WRAP", "SAT", "SAT_ZERO", "SAT_SYM"};

/// Reads one precision string.
class precision_reader {
 public:
  explicit precision_reader(std::string_view text) : text_(text) {}

  [[nodiscard]] precision operator()() const {
    const std::string_view all = trimmed(text_);
    if (lower(all) == "auto") {
      return {};
    }
    for (const auto& [name, width] : floating_types) {
      if (all == name) {
        return {.kind = number_kind::floating, .width = width};
      }
    }
    const std::size_t open = all.find('<');
    const std::string_view type = all.substr(0, open);
    const bool ac = type.starts_with("ac_");
    std::string_view core = type;
    if (ac || core.starts_with("ap_")) {
      core.remove_prefix(3);
    }
    const bool is_unsigned = core.starts_with("u") && !ac;
    core.remove_prefix(is_unsigned ? 1 : 0);
    if (core != "fixed" && core != "int") {
      refuse("the type '" + std::string(type) + "'",
             "such as '" + std::string(closest_name(type, types)) + "', or auto, float, double, half");
    }
    if (open == std::string_view::npos || all.find('>') != all.size() - 1) {
      refuse("'" + std::string(text_) + "'", "the type's numbers between < and > and nothing behind");
    }
    return arguments({split(all.substr(open + 1, all.size() - open - 2)), ac, core == "fixed", !is_unsigned});
  }

 private:
  static constexpr std::array<std::string_view, 10> types{"ap_fixed", "ap_ufixed", "ap_int", "ap_uint", "ac_fixed",
                                                          "ac_int",   "fixed",     "ufixed", "int",     "uint"};

  struct floating_type {
    std::string_view name;
    std::uint32_t width;
  };
  static constexpr std::array<floating_type, 3> floating_types{{{"half", 16}, {"float", 32}, {"double", 64}}};

  struct parts {
    std::vector<std::string_view> fields;
    bool ac;
    bool fixed;
    bool is_signed;
  };

  [[noreturn]] static void refuse(const std::string& got, const std::string& expected) {
    reject<parse_error>("hls::parse_precision", {got}, {expected});
  }

  [[nodiscard]] static std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t");
    return begin == std::string_view::npos ? std::string_view{}
                                           : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
  }

  [[nodiscard]] static std::string lower(std::string_view text) {
    std::string result(text);
    for (char& letter : result) {
      letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    }
    return result;
  }

  [[nodiscard]] static std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> fields;
    for (std::size_t comma = text.find(','); comma != std::string_view::npos; comma = text.find(',')) {
      fields.push_back(trimmed(text.substr(0, comma)));
      text.remove_prefix(comma + 1);
    }
    fields.push_back(trimmed(text));
    return fields;
  }

  [[nodiscard]] precision arguments(const parts& p) const {
    const std::size_t numbers = p.fixed ? 2 : 1;
    std::size_t most = p.ac ? numbers + 1 : numbers;
    most += p.fixed ? (p.ac ? 2 : 3) : 0;
    if (p.fields.size() < numbers || p.fields.size() > most) {
      refuse("'" + std::string(text_) + "' with " + std::to_string(p.fields.size()) + " arguments",
             std::to_string(numbers) + " to " + std::to_string(most));
    }
    precision result{.kind = p.fixed ? number_kind::fixed : number_kind::integer};
    result.width = static_cast<std::uint32_t>(number(p.fields[0], 1, 4096));
    result.integer = p.fixed ? number(p.fields[1], -4096, 4096) : static_cast<std::int32_t>(result.width);
    result.is_signed = p.is_signed;
    std::size_t next = numbers;
    if (p.ac && next < p.fields.size()) {
      result.is_signed = truth(p.fields[next++]);
    }
    if (next < p.fields.size()) {
      result.rounding = mode(p.fields[next++], roundings);
    }
    if (next < p.fields.size()) {
      result.saturation = mode(p.fields[next++], saturations);
    }
    if (next < p.fields.size()) {
      result.saturation_bits = number(p.fields[next], 0, 4096);
    }
    return result;
  }

  [[nodiscard]] std::int32_t number(std::string_view field, std::int32_t low, std::int32_t high) const {
    const bool negative = field.starts_with("-");
    std::int32_t result = 0;
    bool right = field.size() > (negative ? 1U : 0U);
    for (const char digit : field.substr(negative ? 1 : 0)) {
      right = right && digit >= '0' && digit <= '9' && result < 100'000'000;
      result = right ? 10 * result + (digit - '0') : 0;
    }
    result = negative ? -result : result;
    if (!right || result < low || result > high) {
      refuse("'" + std::string(field) + "' in '" + std::string(text_) + "'",
             "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    }
    return result;
  }

  [[nodiscard]] bool truth(std::string_view field) const {
    const std::string word = lower(field);
    if (word != "true" && word != "false" && word != "1" && word != "0") {
      refuse("sign '" + std::string(field) + "' in '" + std::string(text_) + "'", "true or false");
    }
    return word == "true" || word == "1";
  }

  template <std::size_t Count>
  [[nodiscard]] std::string_view mode(std::string_view field, const std::array<std::string_view, Count>& modes) const {
    std::string_view name = field;
    if (name.starts_with("AP_") || name.starts_with("AC_")) {
      name.remove_prefix(3);
    }
    for (const std::string_view known : modes) {
      if (name == known) {
        return known;
      }
    }
    refuse("mode '" + std::string(field) + "' in '" + std::string(text_) + "'",
           "such as '" + std::string(closest_name(name, modes)) + "'");
  }

  std::string_view text_;
};

}  // namespace espalier::inline v0::hls::detail

#endif
