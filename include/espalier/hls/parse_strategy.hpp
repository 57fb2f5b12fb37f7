// SPDX-License-Identifier: Apache-2.0
// Reads the name of a strategy in any case, and says where hls4ml would read something else.
#ifndef ESPALIER_HLS_PARSE_STRATEGY_HPP
#define ESPALIER_HLS_PARSE_STRATEGY_HPP

#include <cstddef>
#include <string>
#include <string_view>

#include <espalier/base/closest_name.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/hls/layer_config.hpp>

namespace espalier::inline v0::hls {

/// A strategy that was read, and what its reader should know.
struct parsed_strategy {
  hls::strategy strategy = hls::strategy::latency;
  std::string warning{};  ///< what hls4ml makes of the name that was written, if that is not what it says; else empty
};

namespace detail {

/// Letters in lower case, without underscores.
[[nodiscard]] inline std::string plain(std::string_view name) {
  std::string result;
  for (const char letter : name) {
    if (letter != '_') {
      result += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    }
  }
  return result;
}

/// hls4ml's own way: an underscore before every capital that has none and is not the first, then lower case.
[[nodiscard]] inline std::string as_hls4ml_reads(std::string_view name) {
  std::string result;
  for (const char letter : name) {
    const bool capital = letter >= 'A' && letter <= 'Z';
    if (capital && !result.empty() && result.back() != '_') {
      result += '_';
    }
    result += capital ? static_cast<char>(letter - 'A' + 'a') : letter;
  }
  return result;
}

}  // namespace detail

/// @param name  such as "Resource", "resource_unrolled", "ResourceUnrolled" or "LATENCY".
/// @return the strategy. hls4ml builds with latency, and says nothing, whatever it cannot read: names in capitals
///         ("RESOURCE"), and "Unrolled", which is no strategy but was written by many. The former are what they say
///         here, the latter is latency; both come with a warning.
/// @throws argument_error for any other name that is none; the message has the closest one.
[[nodiscard]] inline parsed_strategy parse_strategy(std::string_view name) {
  const std::string plain = detail::plain(name);
  for (std::size_t i = 0; i < strategy_names.size(); ++i) {
    if (plain == detail::plain(strategy_names[i])) {
      const auto strategy = static_cast<hls::strategy>(i);
      const bool alike = detail::as_hls4ml_reads(name) == strategy_names[i] || strategy == hls::strategy::latency;
      return {strategy, alike ? ""
                              : "hls4ml reads strategy '" + std::string(name) + "' as latency; write '" +
                                    std::string(strategy_names[i]) + "'"};
    }
  }
  const std::string closest(closest_name(plain, strategy_names));
  if (plain == "unrolled") {
    return {hls::strategy::latency, "unknown strategy '" + std::string(name) +
                                        "', which hls4ml builds as latency; the closest is '" + closest + "'"};
  }
  reject<argument_error>("hls::parse_strategy", {"strategy '", name, "'"},
                         {"one of hls4ml's, such as '", closest, "'; it would build latency, silently"});
}

}  // namespace espalier::inline v0::hls

#endif
