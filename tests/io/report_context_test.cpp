// SPDX-License-Identifier: Apache-2.0
#include <espalier/io/report_context.hpp>

#include <doctest/doctest.h>

#include <espalier/io/report_html.hpp>
#include <espalier/io/report_json.hpp>

#include "support/sample_report.hpp"

TEST_SUITE("io") {
  TEST_CASE("one context serves the JSON report and the page") {
    const espalier::io::report_context context{.seed = 123, .baseline_accuracy = 0.8125, .accuracy = 0.8};
    CHECK(espalier::io::report_json(support::sample_report(), context).find("0.8125") != std::string::npos);
    CHECK(espalier::io::report_html(support::sample_report(), context).find("0.8125") != std::string::npos);
  }
}
