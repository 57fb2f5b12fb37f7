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
    for (std::size_t step = 1; step <= 10; ++step) {
      progress.show("level 1", step, 10);
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
    progress.show("train", 0, 4);
    CHECK(out.str().starts_with("\rtrain  [........]   0 %"));
    progress.show("train", 1, 4);
    const std::string bar = out.str();
    CHECK(bar.find("\rtrain  [##......]  25 %") != std::string::npos);
    CHECK(bar.find("/s") != std::string::npos);
    CHECK(bar.find(" left") != std::string::npos);
    progress.show("train", 4, 4);
    CHECK(out.str().find("[########] 100 %") != std::string::npos);
    progress.end("done");
    CHECK(out.str().find("\r\x1b[Ktrain  done  (") != std::string::npos);
  }

  TEST_CASE("a stage without steps and one that takes more than it said are drawn all the same") {
    std::ostringstream out;
    io::progress progress(out, {.terminal = true, .width = 4, .seconds_between = 0});
    progress.show("nothing", 0, 0);
    progress.end("");
    progress.show("more", 5, 2);
    CHECK(out.str().find("more  [####] 100 %") != std::string::npos);
  }

  TEST_CASE("an end without a stage says nothing, and the next stage has its own label") {
    std::ostringstream out;
    io::progress progress(out);
    progress.end("never begun");
    CHECK(out.str().empty());
    progress.show("one", 1, 1);
    progress.end("a");
    progress.end("again");
    progress.show("two", 1, 1);
    progress.end("b");
    CHECK(out.str().starts_with("one  a  ("));
    CHECK(out.str().find("\ntwo  b  (") != std::string::npos);
    CHECK(out.str().find("again") == std::string::npos);
  }
}
