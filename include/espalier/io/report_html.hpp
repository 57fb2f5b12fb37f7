// SPDX-License-Identifier: Apache-2.0
// A pruning report as one page for the browser, with tables and pictures and nothing to load.
#ifndef ESPALIER_IO_REPORT_HTML_HPP
#define ESPALIER_IO_REPORT_HTML_HPP

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <espalier/io/detail/html_chart.hpp>
#include <espalier/io/report_context.hpp>
#include <espalier/report/pruning_report.hpp>
#include <espalier/report/to_text.hpp>

namespace espalier::inline v0::io {

namespace detail {

constexpr const char* html_style = R"(<style>
:root{color-scheme:light dark;--ink:#1d2329;--soft:#5c6770;--line:#d9dee3;--paper:#fff;--card:#f4f6f8;--good:#1b6ca8;
--bad:#c0392b}
@media(prefers-color-scheme:dark){:root{--ink:#e4e8ec;--soft:#9aa5af;--line:#3a424a;--paper:#15191d;--card:#1e242a;
--good:#5fb0ea;--bad:#ef7f73}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:68rem;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,sans-serif}
h1,p{overflow-wrap:anywhere}h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.15rem;margin:2rem 0 .5rem}p{margin:.5rem 0}
.soft{color:var(--soft)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:1rem 0}
.card{background:var(--card);border-radius:.5rem;padding:.75rem 1rem}
.card b{display:block;font-size:1.5rem;line-height:1.3}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(22rem,100%),1fr));gap:1rem}
svg{width:100%;height:auto;display:block;max-width:36rem}
svg text{font:12px system-ui,sans-serif;fill:var(--soft)}
.grid{stroke:var(--line);stroke-width:1}.way{fill:none;stroke:var(--good);stroke-width:2}
.accepted{fill:var(--good)}.dense{fill:var(--paper);stroke:var(--good);stroke-width:2}
.result{fill:var(--ink)}.rejected{fill:var(--paper);stroke:var(--bad);stroke-width:2}
.scroll{overflow-x:auto;background:linear-gradient(90deg,var(--paper),transparent) 0 0/2rem 100% no-repeat local,
linear-gradient(270deg,var(--paper),transparent) 100% 0/2rem 100% no-repeat local,
linear-gradient(90deg,var(--line),transparent) 0 0/.7rem 100% no-repeat,
linear-gradient(270deg,var(--line),transparent) 100% 0/.7rem 100% no-repeat}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.35rem .6rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th{color:var(--soft);font-weight:600}th:first-child,td:first-child,.words{text-align:left}
.words{white-space:normal;min-width:12rem}
.no{color:var(--bad)}.yes{color:var(--good)}
.bar{display:inline-block;width:4.5rem;height:.7rem;background:var(--line);border-radius:.2rem;overflow:hidden;
vertical-align:middle;margin-right:.5rem}
.of{display:inline-block;min-width:7rem}
.bar i{display:block;height:100%;background:var(--good)}
@media(max-width:40rem){table{font-size:.85rem}th,td{padding:.3rem .4rem}.bar{width:3rem}.of{min-width:6.5rem}
.layers td:first-child{min-width:6.5rem;white-space:normal;overflow-wrap:anywhere}}
</style>
)";

/// Rows of cells, the first of which is the head; cells are HTML already.
[[nodiscard]] inline std::string html_table(const std::vector<std::vector<std::string>>& rows) {
  std::string out = "<div class=\"scroll\"><table>\n";
  for (std::size_t r = 0; r < rows.size(); ++r) {
    out += "<tr>";
    for (const std::string& cell : rows[r]) {
      const bool words = r > 0 && cell.find(' ') != std::string::npos && cell.front() != '<' && cell.size() > 16;
      out += std::string(r == 0 ? "<th" : "<td") + (words ? " class=\"words\">" : ">") + cell +
             (r == 0 ? "</th>" : "</td>");
    }
    out += "</tr>\n";
  }
  return out + "</table></div>\n";
}

[[nodiscard]] inline std::string html_bar(std::int64_t part, std::int64_t whole) {
  if (whole == 0) {
    return "-";
  }
  const double percent = 100 * static_cast<double>(part) / static_cast<double>(whole);
  const std::string number = report::detail::fixed(percent, 1);
  return "<span class=\"bar\"><i style=\"width:" + number + "%\"></i></span><span class=\"of\">" +
         std::to_string(part) + " of " + std::to_string(whole) + "</span>";
}

[[nodiscard]] inline std::string html_cards(const report::pruning_report& report, const report_context& context) {
  const auto card = [](const std::string& title, const std::string& large, const std::string& small_print) {
    return "<div class=\"card\">" + html_text(title) + "<b>" + large + "</b><span class=\"soft\">" + small_print +
           "</span></div>\n";
  };
  std::string out = "<div class=\"cards\">\n";
  out += card("metric on validation data", report::detail::fixed(report.metric, 4),
              "dense " + report::detail::fixed(report.baseline, 4));
  out += card("accuracy on test data", report::detail::fixed(context.accuracy, 4),
              "dense " + report::detail::fixed(context.baseline_accuracy, 4));
  for (const report::resource& r : report.resources) {
    out += card(r.name, report::detail::percent_of(r.after, r.before),
                std::to_string(r.after) + " of " + std::to_string(r.before));
  }
  return out + "</div>\n";
}

[[nodiscard]] inline std::string html_charts(const report::pruning_report& report) {
  std::string out = "<div class=\"charts\">\n";
  for (std::size_t r = 0; r < report.resources.size(); ++r) {
    html_chart chart(report.resources[r].name + " used", "metric");
    const auto whole = static_cast<double>(report.resources[r].before);
    chart.add({whole, report.baseline, "dense", "dense: " + report::detail::fixed(report.baseline, 4)});
    for (std::size_t i = 0; i < report.levels.size(); ++i) {
      const report::level& tried = report.levels[i];
      const std::string says = "level " + std::to_string(i + 1) + ": " + std::to_string(tried.used[r]) + " " +
                               report.resources[r].name + ", metric " + report::detail::fixed(tried.metric, 4) +
                               (tried.accepted ? ", accepted" : ", rejected");
      chart.add({static_cast<double>(tried.used[r]), tried.metric, tried.accepted ? "accepted" : "rejected", says});
    }
    if (!report.levels.empty()) {
      chart.add({static_cast<double>(report.resources[r].after), report.metric, "result",
                 "result: " + std::to_string(report.resources[r].after) + " " + report.resources[r].name + ", metric " +
                     report::detail::fixed(report.metric, 4)});
    }
    out += chart.svg() + "\n";
  }
  return out +
         "</div>\n<p class=\"soft\">Filled: accepted levels, joined in their order; hollow blue: the dense "
         "network; hollow red: rejected levels; dark: the result, after its final training.</p>\n";
}

[[nodiscard]] inline std::string html_levels(const report::pruning_report& report) {
  std::vector<std::vector<std::string>> rows{{"level", "target"}};
  for (const report::resource& r : report.resources) {
    rows[0].push_back(html_text(r.name));
  }
  rows[0].insert(rows[0].end(), {"metric", "", "knapsack", "gap"});
  for (std::size_t i = 0; i < report.levels.size(); ++i) {
    const report::level& tried = report.levels[i];
    std::vector<std::string> row{std::to_string(i + 1), report::detail::percent(tried.sparsity)};
    for (const std::int64_t used : tried.used) {
      row.push_back(std::to_string(used));
    }
    row.insert(row.end(),
               {report::detail::fixed(tried.metric, 4),
                tried.accepted ? "<span class=\"yes\">accepted</span>" : "<span class=\"no\">rejected</span>",
                html_text(tried.status), report::detail::number(tried.gap, std::chars_format::general, 6)});
    rows.push_back(std::move(row));
  }
  return html_table(rows);
}

[[nodiscard]] inline std::string html_layers(const report::pruning_report& report) {
  std::vector<std::vector<std::string>> rows{{"layer", "weights kept", "shared"}};
  for (const report::resource& r : report.resources) {
    rows[0].push_back(html_text(r.name));
  }
  rows[0].emplace_back("");
  for (const report::layer& l : report.layers) {
    std::vector<std::string> row{
        html_text(l.name), html_bar(static_cast<std::int64_t>(l.weights_kept), static_cast<std::int64_t>(l.weights)),
        std::to_string(l.weights_shared)};
    for (std::size_t r = 0; r < l.before.size(); ++r) {
      row.push_back(html_bar(l.after[r], l.before[r]));
    }
    row.push_back(html_text(l.note));
    rows.push_back(std::move(row));
  }
  return "<div class=\"layers\">" + html_table(rows) + "</div>\n";
}

/// Nothing if the report has no times.
[[nodiscard]] inline std::string html_times(const report::pruning_report& report) {
  if (!report.times || !(report.times->total() > 0)) {
    return "";
  }
  std::vector<std::vector<std::string>> rows{{"spent on", "seconds", "share"}};
  for (const auto& [name, seconds] : report.times->parts()) {
    const std::string share = report::detail::fixed(100 * seconds / report.times->total(), 1);
    std::string bar = "<span class=\"bar\"><i style=\"width:";
    bar.append(share).append("%\"></i></span>").append(share).append(" %");
    rows.push_back({std::string(name), report::detail::fixed(seconds, 1), std::move(bar)});
  }
  return "<h2>Time</h2>\n" + html_table(rows);
}

}  // namespace detail

/// Renders a report as one HTML page: the figures, the metric against every resource, the levels with the gap of their
/// knapsacks, every layer before and after, and where the time went if the report says so. It loads nothing, has no
/// scripts, and follows the width and the light or dark mode of the browser. Equal reports give equal text.
/// @param report   what the loop reports.
/// @param context  what it does not know.
/// @return a page in UTF-8.   Complexity: O(levels + layers).
[[nodiscard]] inline std::string report_html(const report::pruning_report& report, const report_context& context) {
  const std::string title = "Pruned for " + detail::html_text(report.objective);
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>" +
         title + "</title>\n" + detail::html_style + "</head>\n<body>\n<h1>" + title +
         "</h1>\n<p class=\"soft\">Seed " + std::to_string(context.seed) +
         ". Ended: " + detail::html_text(report.ended) + ".</p>\n" + detail::html_cards(report, context) +
         "<h2>What accuracy costs</h2>\n" + detail::html_charts(report) + "<h2>Levels</h2>\n" +
         detail::html_levels(report) + "<h2>Layers</h2>\n" + detail::html_layers(report) + detail::html_times(report) +
         "</body>\n</html>\n";
}

}  // namespace espalier::inline v0::io

#endif
