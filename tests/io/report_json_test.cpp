// SPDX-License-Identifier: Apache-2.0
#include <espalier/io/report_json.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "support/sample_report.hpp"

TEST_SUITE("io") {
  TEST_CASE("the JSON report says at its top level how accurate and how large the network is") {
    const std::string text =
        espalier::io::report_json(support::sample_report(), {.seed = 7, .baseline_accuracy = 0.91, .accuracy = 0.895});
    const auto json = nlohmann::json::parse(text);
    CHECK(json.at("version") == 1);
    CHECK(json.at("seed") == 7);
    CHECK(json.at("baseline_accuracy") == 0.91);
    CHECK(json.at("accuracy") == 0.895);
    CHECK(json.at("validation").at("baseline_accuracy") == 0.9125);
    CHECK(json.at("resources").at(0) == nlohmann::json{{"name", "DSP"}, {"before", 6150}, {"after", 615}});
    CHECK(json.at("levels").size() == 2);
    CHECK(json.at("levels").at(1).at("status") == "feasible");
    CHECK(json.at("levels").at(1).at("used") == std::vector<std::int64_t>{307, 50});
    CHECK(json.at("layers").at(2).at("note") == "weights of 8 bits use no DSP");
    CHECK(text == espalier::io::report_json(support::sample_report(),
                                            {.seed = 7, .baseline_accuracy = 0.91, .accuracy = 0.895}));
    CHECK_FALSE(json.contains("times"));
    auto timed = support::sample_report();
    timed.times = {.training = 9.5, .ranking = 0.25, .other = 0.25};
    const auto times = nlohmann::json::parse(espalier::io::report_json(timed, {})).at("times");
    CHECK(times.at("ranking") == 0.25);
    CHECK(times.at("evaluation") == 0);
    CHECK(times.at("total") == 10);
  }

  TEST_CASE("an error that names a file in no encoding, and a metric that is no number, do not cost the report") {
    auto report = support::sample_report();
    report.ended = "failed: 'run\xff.checkpoint'";
    report.levels[1].metric = std::nan("");
    const auto read = nlohmann::json::parse(espalier::io::report_json(report, {}));
    CHECK(read["ended"] == "failed: 'run\xef\xbf\xbd.checkpoint'");
    CHECK(read["levels"][1]["accuracy"].is_null());
  }
}
