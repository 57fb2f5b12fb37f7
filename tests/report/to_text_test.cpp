// SPDX-License-Identifier: Apache-2.0
#include <espalier/report/to_text.hpp>

#include <doctest/doctest.h>

#include <string>

#include "support/sample_report.hpp"

TEST_SUITE("report") {
  TEST_CASE("the text shows every level, layer and resource in columns") {
    CHECK(espalier::report::to_text(support::sample_report()) ==
          "level  target  DSP  BRAM  metric  knapsack    gap\n"
          "1      90.0 %  615   100  0.9000   optimal      0  accepted\n"
          "2      95.0 %  307    50  0.8500  feasible  1e-07  rejected\n"
          "\n"
          "layer     weights  kept  shared  DSP before  after  BRAM before  after\n"
          "conv2d_1      150    75       0         150     75            0      0\n"
          "it's        48000  4800      10        1920    192          960     96\n"
          "narrow         10    10       0           0      0            0      0  weights of 8 bits use no DSP\n"
          "\n"
          "resource  before  after    left\n"
          "DSP         6150    615  10.0 %\n"
          "BRAM        1380    100   7.2 %\n"
          "\n"
          "metric 0.9125 -> 0.9000; ended: the schedule ended\n");
  }

  TEST_CASE("times are told where the report has them") {
    auto report = support::sample_report();
    const std::string without = espalier::report::to_text(report);
    report.times = {.training = 9.7, .ranking = 0.1, .selection = 0.02, .evaluation = 0.08, .other = 0.1};
    CHECK(espalier::report::to_text(report) ==
          without + "time 10.0 s: training 97.0 %, ranking 1.0 %, selection 0.2 %, evaluation 0.8 %, other 1.0 %\n");
    report.times.emplace();
    CHECK(espalier::report::to_text(report).ends_with(
        "time 0.0 s: training -, ranking -, selection -, evaluation -, other -\n"));
  }

  TEST_CASE("a resource that nothing uses has no share left") {
    espalier::report::pruning_report report;
    report.resources = {{"DSP", 0, 0}};
    CHECK(espalier::report::to_text(report).find("DSP            0      0     -") != std::string::npos);
  }
}
