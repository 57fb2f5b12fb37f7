// SPDX-License-Identifier: Apache-2.0
// Writes report pages to be looked at in a browser, usual and extreme ones: write_pages FOLDER
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>

#include <espalier/io/file.hpp>
#include <espalier/io/report_html.hpp>

#include "support/sample_report.hpp"

namespace {

/// Many levels, layers and resources, with large numbers and long names.
espalier::report::pruning_report large_report() {
  espalier::report::pruning_report report;
  report.objective = "an_objective_of_the_user_with_a_name_that_goes_on_and_on_without_any_blank";
  report.baseline = 123456.789;
  report.metric = 123.4;
  report.ended =
      "failed: espalier::io::checkpoint_file::save: got for "
      "'/a/path/that/has/no/blank/either/and/is/longer/than/a/line/on/a/phone/run.checkpoint': No space left";
  for (const char* name : {"DSP", "BRAM", "flip-flops", "FLOP"}) {
    report.resources.push_back({name, 123'456'789'012, 1'234'567'890});
  }
  for (int i = 1; i <= 25; ++i) {
    const auto used = static_cast<std::int64_t>(123'456'789'012 / (i * i));
    report.levels.push_back(
        {1 - 1.0 / i, {used, used, used, used}, 123456.0 / i, i % 3 != 0, i % 2 != 0 ? "optimal" : "feasible", 1e-7});
  }
  for (int i = 1; i <= 30; ++i) {
    report.layers.push_back({"block_" + std::to_string(i) + "_depthwise_convolution_with_a_long_name",
                             25'000'000,
                             static_cast<std::size_t>(25'000'000 / i),
                             1000,
                             {1'000'000'000, 1'000'000'000, 1'000'000'000, 1'000'000'000},
                             {1'000'000'000 / i, 0, 1'000'000'000, 12},
                             i % 4 == 0 ? "reuse factor 3 is not valid for this layer: hls4ml would take 4" : ""});
  }
  report.times = {.training = 123456.7, .ranking = 1, .selection = 0.1, .evaluation = 20, .other = 0};
  return report;
}

void write_pages(const std::filesystem::path& folder) {
  using espalier::io::report_html;
  const auto write = [&](const char* name, const espalier::report::pruning_report& report) {
    espalier::io::write_file(folder / name, report_html(report, {.baseline_accuracy = 0.91, .accuracy = 0.895}));
  };
  auto usual = support::sample_report();
  usual.times = {.training = 9.5, .ranking = 0.3, .other = 0.2};
  write("usual.html", usual);
  write("large.html", large_report());
  auto nothing = support::sample_report();
  nothing.levels.clear();
  write("nothing.html", nothing);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    write_pages(argc == 2 ? argv[1] : ".");
  } catch (const std::exception& error) {
    std::cerr << "write_pages: " << error.what() << '\n';
    return 1;
  }
}
