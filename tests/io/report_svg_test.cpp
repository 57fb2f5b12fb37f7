// SPDX-License-Identifier: Apache-2.0
#include <espalier/io/report_svg.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "support/sample_report.hpp"
#include "support/temporary_folder.hpp"

namespace io = espalier::io;

TEST_SUITE("io") {
  TEST_CASE("the picture names every layer and resource, and equal reports give equal bytes") {
    const support::temporary_folder folder;
    io::check_report_svg();
    io::save_report_svg(folder / "it's a.svg", support::sample_report());
    io::save_report_svg(folder / "b.svg", support::sample_report());
    const std::string svg = support::read_file(folder / "b.svg");
    CHECK(svg == support::read_file(folder / "it's a.svg"));
    for (const char* text : {"</svg>", "conv2d_1", "it's", "narrow", "DSP used", "BRAM", "accepted", "rejected"}) {
      CAPTURE(text);
      CHECK(svg.find(text) != std::string::npos);
    }
    CHECK(folder.files() == 2);
  }

  TEST_CASE("without a rejected level, and with a layer that uses nothing, there is a picture all the same") {
    const support::temporary_folder folder;
    auto report = support::sample_report();
    report.levels.pop_back();
    io::save_report_svg(folder / "a.svg", report);
    CHECK(support::read_file(folder / "a.svg").find("rejected") == std::string::npos);
  }

  TEST_CASE("a name from a model file is drawn and never run") {
    const support::temporary_folder folder;
    auto report = support::sample_report();
    const std::string command = "system 'touch " + (folder / "ran").string() + "'";
    report.layers[0].name = "\"quoted\"\nEOD\n" + command + "\n";
    report.resources[1].name = "it's\n" + command + "\n`touch " + (folder / "ran").string() + "`";
    io::save_report_svg(folder / "a.svg", report);
    CHECK(support::read_file(folder / "a.svg").find("quoted") != std::string::npos);
    CHECK(folder.files() == 1);
  }

  TEST_CASE("a report without resources, a missing folder and a missing gnuplot are refused, and nothing is left") {
    const support::temporary_folder folder;
    CHECK_THROWS_AS(io::save_report_svg(folder / "a.svg", {}), espalier::argument_error);
    CHECK_THROWS_AS(io::save_report_svg(folder / "missing" / "a.svg", support::sample_report()), espalier::file_error);
    const std::string path = std::getenv("PATH");
    setenv("PATH", folder.path().c_str(), 1);
    CHECK_THROWS_WITH_AS(io::check_report_svg(), doctest::Contains("gnuplot-nox"), espalier::file_error);
    CHECK_THROWS_AS(io::save_report_svg(folder / "a.svg", support::sample_report()), espalier::file_error);
    // More than a pipe holds: were nobody to read it, the program would end here.
    auto long_report = support::sample_report();
    long_report.layers.resize(10'000, long_report.layers.front());
    CHECK_THROWS_AS(io::save_report_svg(folder / "a.svg", long_report), espalier::file_error);
    setenv("PATH", path.c_str(), 1);
    CHECK(folder.files() == 0);
  }
}
