// SPDX-License-Identifier: Apache-2.0
#include <espalier/io/progress.hpp>

#include <doctest/doctest.h>

#include <sstream>
#include <string>

namespace io = espalier::io;

TEST_SUITE("io") {
  TEST_CASE("piped output is one plain line for each stage") {
    std::ostringstream out;
    io::progress progress(out);
    progress.begin("level 1", 10);
    for (int step = 0; step < 10; ++step) {
      progress.advance();
    }
    CHECK(out.str().empty());
    progress.end("accuracy 0.9");
    CHECK(out.str().starts_with("level 1  accuracy 0.9  ("));
    CHECK(out.str().find_first_of("\r\x1b") == std::string::npos);
    CHECK(out.str().ends_with(")\n"));
  }

  TEST_CASE("on a terminal the bar shows share, rate and time left, and gives way to the result") {
    std::ostringstream out;
    io::progress progress(out, {.terminal = true, .width = 8, .seconds_between = 0});
    progress.begin("train", 4);
    progress.advance();
    const std::string bar = out.str();
    CHECK(bar.starts_with("\rtrain  [##......]  25 %"));
    CHECK(bar.find("/s") != std::string::npos);
    CHECK(bar.find(" left") != std::string::npos);
    progress.advance(3);
    CHECK(out.str().find("[########] 100 %") != std::string::npos);
    progress.end("done");
    CHECK(out.str().find("\r\x1b[Ktrain  done  (") != std::string::npos);
  }

  TEST_CASE("a stage without steps and one that takes more than it said are drawn all the same") {
    std::ostringstream out;
    io::progress progress(out, {.terminal = true, .width = 4, .seconds_between = 0});
    progress.begin("nothing", 0);
    progress.advance(0);
    progress.end("");
    progress.begin("more", 2);
    progress.advance(5);
    CHECK(out.str().find("[####] 100 %") != std::string::npos);
  }
}
