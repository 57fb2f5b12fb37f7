// SPDX-License-Identifier: Apache-2.0
// A pruning report as JSON. Needs nlohmann-json.
#ifndef ESPALIER_IO_REPORT_JSON_HPP
#define ESPALIER_IO_REPORT_JSON_HPP

#include <nlohmann/json.hpp>
#include <string>

#include <espalier/io/report_context.hpp>
#include <espalier/report/pruning_report.hpp>

namespace espalier::inline v0::io {

/// Renders a report as JSON, version 1 of its format.
///
/// Top level: format, version, objective, seed, baseline_accuracy and accuracy (on test data), validation (the same two
/// as the loop saw them), resources, levels, layers, ended, and times (seconds by what they were spent on, and in
/// total) if the report has them; docs/report.md has every field. Equal reports give equal text. Numbers that are not
/// finite become null, and text that is not UTF-8 (an error may name any file) U+FFFD: no report is lost.
/// @param report   what the loop reports.
/// @param context  what it does not know.
/// @return indented JSON with a line end.   Complexity: O(levels + layers).
[[nodiscard]] inline std::string report_json(const report::pruning_report& report, const report_context& context) {
  using json = nlohmann::ordered_json;
  json root{{"format", "espalier-pruning-report"},
            {"version", 1},
            {"objective", report.objective},
            {"seed", context.seed},
            {"baseline_accuracy", context.baseline_accuracy},
            {"accuracy", context.accuracy},
            {"validation", {{"baseline_accuracy", report.baseline}, {"accuracy", report.metric}}},
            {"resources", json::array()},
            {"levels", json::array()},
            {"layers", json::array()},
            {"ended", report.ended}};
  for (const report::resource& resource : report.resources) {
    root["resources"].push_back({{"name", resource.name}, {"before", resource.before}, {"after", resource.after}});
  }
  for (const report::level& level : report.levels) {
    root["levels"].push_back({{"sparsity", level.sparsity},
                              {"used", level.used},
                              {"accuracy", level.metric},
                              {"accepted", level.accepted},
                              {"status", level.status},
                              {"gap", level.gap}});
  }
  for (const report::layer& layer : report.layers) {
    root["layers"].push_back({{"name", layer.name},
                              {"weights", layer.weights},
                              {"weights_kept", layer.weights_kept},
                              {"weights_shared", layer.weights_shared},
                              {"before", layer.before},
                              {"after", layer.after},
                              {"note", layer.note}});
  }
  if (report.times) {
    for (const auto& [name, seconds] : report.times->parts()) {
      root["times"][std::string(name)] = seconds;
    }
    root["times"]["total"] = report.times->total();
  }
  return root.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace espalier::inline v0::io

#endif
