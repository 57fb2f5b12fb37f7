// SPDX-License-Identifier: Apache-2.0
#include <espalier/io/csv_log.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "support/temporary_folder.hpp"

namespace io = espalier::io;
namespace train = espalier::train;

TEST_SUITE("io") {
  TEST_CASE("a line for every epoch, in the file at once, under the names of the columns") {
    const support::temporary_folder folder;
    const auto path = folder / "log.csv";
    support::write_bytes(path, "something old\n");
    double accuracy = 0.5;
    io::csv_log log(path, {{"accuracy", [&] { return accuracy; }}});
    CHECK(support::read_file(path) == "epoch,step,loss,validation_loss,accuracy\n");
    const std::function<void(const train::progress&)> on_epoch = std::ref(log);
    on_epoch({.epoch = 0, .step = 4, .loss = 0.1});
    CHECK(support::read_file(path) == "epoch,step,loss,validation_loss,accuracy\n0,4,0.1,,0.5\n");
    accuracy = std::numeric_limits<double>::quiet_NaN();
    on_epoch({.epoch = 1, .step = 8, .loss = 1.0 / 3, .validation_loss = 2});
    CHECK(support::read_file(path).ends_with("\n1,8,0.3333333333333333,2,nan\n"));
  }

  TEST_CASE("a training that goes on appends, and writes again what it does again") {
    const support::temporary_folder folder;
    const auto path = folder / "log.csv";
    const io::csv_log_options append{.append = true, .separator = ';'};
    {
      io::csv_log log(path, {}, append);
      for (const std::size_t epoch : {0U, 1U, 0U, 1U, 2U, 3U}) {
        log({.epoch = epoch, .step = 1, .loss = 1, .validation_loss = 1});
      }
    }
    support::write_bytes(path, support::read_file(path) + "4;1;1");  // cut in the middle of a line
    io::csv_log log(path, {}, append);
    log({.epoch = 2, .step = 9, .loss = 2, .validation_loss = 1});
    log({.epoch = 3, .step = 9, .loss = 2, .validation_loss = 1});
    const std::string header = "epoch;step;loss;validation_loss\n";
    const std::string kept = "0;1;1;1\n1;1;1;1\n0;1;1;1\n1;1;1;1\n";
    CHECK(support::read_file(path) == header + kept + "2;9;2;1\n3;9;2;1\n");
    io::csv_log next(path, {}, append);
    next({.epoch = 0, .step = 1, .loss = 3, .validation_loss = 1});
    CHECK(support::read_file(path) == header + kept + "2;9;2;1\n3;9;2;1\n0;1;3;1\n");
  }

  TEST_CASE("other columns, names that are none, and places that cannot be written are refused") {
    const support::temporary_folder folder;
    const auto path = folder / "log.csv";
    const auto one = [] { return 1.0; };
    { const io::csv_log log(path); }
    CHECK_THROWS_AS(io::csv_log(path, {{"auc", one}}, {.append = true}), espalier::parse_error);
    CHECK(support::read_file(path) == "epoch,step,loss,validation_loss\n");
    CHECK_THROWS_AS(io::csv_log(path, {{"a,b", one}}), espalier::argument_error);
    CHECK_THROWS_AS(io::csv_log(path, {{"", one}}), espalier::argument_error);
    CHECK_THROWS_AS(io::csv_log(folder / "no such folder/log.csv"), espalier::file_error);
    support::write_bytes(path, "epoch,step,loss,validation_loss\nwords,1,2,\n");
    io::csv_log log(path, {}, {.append = true});
    CHECK_THROWS_AS(log({.epoch = 1}), espalier::parse_error);
  }
}
