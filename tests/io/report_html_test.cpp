// SPDX-License-Identifier: Apache-2.0
#include <espalier/io/report_html.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "support/sample_report.hpp"

namespace io = espalier::io;

namespace {

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t times = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++times;
  }
  return times;
}

/// Whether every element that is opened is closed in turn; elements without an end are left out.
bool well_nested(std::string_view page) {
  std::vector<std::string_view> open;
  for (std::size_t at = page.find('<'); at != std::string_view::npos; at = page.find('<', at + 1)) {
    const std::size_t end = page.find('>', at);
    if (end == std::string_view::npos) {
      return false;
    }
    const std::string_view tag = page.substr(at + 1, end - at - 1);
    const std::string_view name = tag.substr(tag.front() == '/' ? 1 : 0, tag.find(' ') - (tag.front() == '/' ? 1 : 0));
    if (tag.front() == '!' || name == "meta" || tag.back() == '/') {
      continue;
    }
    if (tag.front() != '/') {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return false;
    } else {
      open.pop_back();
    }
  }
  return open.empty();
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("the page says everything that the report says, in one file that loads nothing") {
    const std::string page =
        io::report_html(support::sample_report(), {.seed = 7, .baseline_accuracy = 0.91, .accuracy = 0.895});
    for (const char* part : {"vivado_dsp_bram", "Seed 7", "0.9125", "0.9000", "0.9100", "0.8950", "615 of 6150",
                             "100 of 1380", "90.0 %", "95.0 %", "feasible", "1e-07", "conv2d_1", "75 of 150",
                             "4800 of 48000", "weights of 8 bits use no DSP", "the schedule ended"}) {
      CHECK_MESSAGE(page.find(part) != std::string::npos, part);
    }
    for (const char* part : {"http", "<script", "<link", "src=", "url(", "@import"}) {
      CHECK_MESSAGE(page.find(part) == std::string::npos, part);
    }
    CHECK(well_nested(page));
    CHECK(count(page, "<svg") == 2);
    CHECK(count(page, "<circle class=\"dense\"") == 2);
    CHECK(count(page, "<circle class=\"accepted\"") == 2);
    CHECK(count(page, "<circle class=\"rejected\"") == 2);
    CHECK(count(page, "<circle class=\"result\"") == 2);
    CHECK(page == io::report_html(support::sample_report(), {7, 0.91, 0.895}));
    CHECK(page.find("<h2>Time</h2>") == std::string::npos);
    auto timed = support::sample_report();
    timed.times = {.training = 9.5, .ranking = 0.3, .other = 0.2};
    const std::string longer = io::report_html(timed, {});
    CHECK(well_nested(longer));
    CHECK(longer.find("<td>9.5</td><td><span class=\"bar\"><i style=\"width:95.0%\"></i></span>95.0 %</td>") !=
          std::string::npos);
  }

  TEST_CASE("axes have short numbers, room for long ones, and at least one number each") {
    io::detail::html_chart large("FLOP", "loss");
    large.add({2e8, 120'000, "dense", ""});
    large.add({5e12, -3, "accepted", ""});
    const std::string svg = large.svg();
    for (const char* part : {">1G<", ">1T<", ">100k<", ">0<"}) {
      CHECK_MESSAGE(svg.find(part) != std::string::npos, part);
    }
    CHECK(svg.find("-0<") == std::string::npos);
    io::detail::html_chart alone("DSP", "metric");
    alone.add({6150, 0.9125, "dense", ""});
    const std::string one = alone.svg();
    CHECK(one.find(">5000<") != std::string::npos);
    CHECK(one.find("x1=\"81.2\"") != std::string::npos);  // seven figures to the left of it
    io::detail::html_chart narrow("DSP", "metric");
    narrow.add({10, 123'456, "dense", ""});
    narrow.add({20, 123'496, "accepted", ""});
    CHECK(narrow.svg().find(">123480<") != std::string::npos);
  }

  TEST_CASE("marks lie inside their picture, fewer resources to the left, better metrics higher up") {
    io::detail::html_chart chart("DSP", "metric");
    chart.add({1000, 0.9, "dense", ""});
    chart.add({10, 0.8, "accepted", ""});
    chart.add({0, 0.7, "rejected", ""});  // has no place on a logarithmic axis
    chart.add({20, std::nan(""), "rejected", ""});
    const std::string svg = chart.svg();
    REQUIRE(count(svg, "<circle") == 2);
    std::vector<double> x;
    std::vector<double> y;
    for (std::size_t at = svg.find("cx=\""); at != std::string::npos; at = svg.find("cx=\"", at + 1)) {
      x.push_back(std::stod(svg.substr(at + 4)));
      y.push_back(std::stod(svg.substr(svg.find("cy=\"", at) + 4)));
      CHECK((x.back() > 58 && x.back() < 408 && y.back() > 12 && y.back() < 240));
    }
    CHECK(x[1] < x[0]);
    CHECK(y[1] > y[0]);
    CHECK(svg.find(">100</text>") != std::string::npos);
    CHECK(svg.find(">0.84</text>") != std::string::npos);
  }

  TEST_CASE("names from model files are shown, not obeyed") {
    auto report = support::sample_report();
    report.layers[0].name = "<script>alert(\"1\")</script>\n&";
    report.resources[0].name = "<b>DSP";
    report.ended = "a > b";
    const std::string page = io::report_html(report, {});
    CHECK(page.find("<script") == std::string::npos);
    CHECK(page.find("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;?&amp;") != std::string::npos);
    CHECK(page.find("<b>DSP") == std::string::npos);
    CHECK(well_nested(page));
  }

  TEST_CASE("a report of a run that found nothing is a page too") {
    CHECK(well_nested(io::report_html({}, {})));
    espalier::report::pruning_report one;
    one.resources = {{"DSP", 10, 10}};
    one.baseline = one.metric = 0.5;
    const std::string page = io::report_html(one, {});
    CHECK(well_nested(page));
    CHECK(count(page, "<circle") == 1);
    CHECK(page.find("nan") == std::string::npos);
  }
}
