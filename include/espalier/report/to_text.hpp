// SPDX-License-Identifier: Apache-2.0
// A pruning report as text for people: the levels, the layers and the resources, in columns.
#ifndef ESPALIER_REPORT_TO_TEXT_HPP
#define ESPALIER_REPORT_TO_TEXT_HPP

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <espalier/report/pruning_report.hpp>

namespace espalier::inline v0::report {

namespace detail {

/// Lines up cells in columns: the first one to the left, the others to the right.
class table {
 public:
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  [[nodiscard]] std::string text() const {
    std::vector<std::size_t> widths;
    for (const auto& cells : rows_) {
      widths.resize((std::max)(widths.size(), cells.size()));
      for (std::size_t column = 0; column < cells.size(); ++column) {
        widths[column] = (std::max)(widths[column], cells[column].size());
      }
    }
    std::string result;
    for (const auto& cells : rows_) {
      std::string line;
      for (std::size_t column = 0; column < cells.size(); ++column) {
        const std::string blank(widths[column] - cells[column].size(), ' ');
        line += column == 0 ? cells[column] + blank : "  " + blank + cells[column];
      }
      line.erase(line.find_last_not_of(' ') + 1);
      result += line + '\n';
    }
    return result;
  }

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// A number with a point for its decimals, whatever the locale; streams cost more to compile, too.
[[nodiscard]] inline std::string number(double value, std::chars_format format, int digits) {
  std::array<char, 400> text;  // 309 digits before the point at most
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value, format, digits).ptr};
}

[[nodiscard]] inline std::string fixed(double value, int digits) {
  return number(value, std::chars_format::fixed, digits);
}

[[nodiscard]] inline std::string percent(double share) {
  return fixed(100 * share, 1) + " %";
}

[[nodiscard]] inline std::string percent_of(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? "-" : percent(static_cast<double>(part) / static_cast<double>(whole));
}

[[nodiscard]] inline std::string levels_text(const pruning_report& report) {
  table levels;
  std::vector<std::string> head{"level", "target"};
  for (const resource& r : report.resources) {
    head.push_back(r.name);
  }
  for (const char* const name : {"metric", "knapsack", "gap", ""}) {
    head.emplace_back(name);
  }
  levels.row(head);
  for (std::size_t i = 0; i < report.levels.size(); ++i) {
    const level& tried = report.levels[i];
    std::vector<std::string> cells{std::to_string(i + 1), percent(tried.sparsity)};
    for (const std::int64_t used : tried.used) {
      cells.push_back(std::to_string(used));
    }
    cells.push_back(fixed(tried.metric, 4));
    cells.push_back(tried.status);
    cells.push_back(number(tried.gap, std::chars_format::general, 6));
    cells.emplace_back(tried.accepted ? "accepted" : "rejected");
    levels.row(cells);
  }
  return levels.text();
}

/// @return such as "time 81.2 s: training 97.3 %, ranking 1.1 %, ...", with a line end.
[[nodiscard]] inline std::string time_text(const time_split& times) {
  std::string text = "time " + fixed(times.total(), 1) + " s";
  for (const auto& [name, seconds] : times.parts()) {
    text.append(text.back() == 's' ? ": " : ", ").append(name).append(" ");
    text += times.total() > 0 ? percent(seconds / times.total()) : "-";
  }
  return text + '\n';
}

[[nodiscard]] inline std::string layers_text(const pruning_report& report) {
  table layers;
  std::vector<std::string> head{"layer", "weights", "kept", "shared"};
  for (const resource& r : report.resources) {
    head.push_back(r.name + " before");
    head.emplace_back("after");
  }
  layers.row(head);
  for (const layer& l : report.layers) {
    std::vector<std::string> cells{l.name, std::to_string(l.weights), std::to_string(l.weights_kept),
                                   std::to_string(l.weights_shared)};
    for (std::size_t r = 0; r < l.before.size(); ++r) {
      cells.insert(cells.end(), {std::to_string(l.before[r]), std::to_string(l.after[r])});
    }
    if (!l.note.empty()) {
      cells.push_back(l.note);
    }
    layers.row(cells);
  }
  return layers.text();
}

}  // namespace detail

/// Renders one level as a line of text.
/// @param tried      the level.
/// @param resources  names of the resources, in the order of the level's numbers.
/// @return such as "target 80.0 %, DSP 1230, BRAM 276, metric 0.9002, accepted", without a line end.
[[nodiscard]] inline std::string to_text(const level& tried, std::span<const std::string_view> resources) {
  std::string text = "target " + detail::percent(tried.sparsity);
  for (std::size_t r = 0; r < tried.used.size() && r < resources.size(); ++r) {
    text.append(", ").append(resources[r]).append(" ").append(std::to_string(tried.used[r]));
  }
  return text + ", metric " + detail::fixed(tried.metric, 4) + (tried.accepted ? ", accepted" : ", rejected");
}

/// Renders a report as text.
/// @param report  what the loop reports.
/// @return three tables (levels, layers, resources), the reason why the run ended and, if the report holds it,
///         where the time went, with line ends.
[[nodiscard]] inline std::string to_text(const pruning_report& report) {
  detail::table resources;
  resources.row({"resource", "before", "after", "left"});
  for (const resource& r : report.resources) {
    resources.row({r.name, std::to_string(r.before), std::to_string(r.after), detail::percent_of(r.after, r.before)});
  }
  return detail::levels_text(report) + '\n' + detail::layers_text(report) + '\n' + resources.text() + '\n' + "metric " +
         detail::fixed(report.baseline, 4) + " -> " + detail::fixed(report.metric, 4) + "; ended: " + report.ended +
         '\n' + (report.times ? detail::time_text(*report.times) : "");
}

}  // namespace espalier::inline v0::report

#endif
