// SPDX-License-Identifier: Apache-2.0
#include <espalier/io/file.hpp>

#include <doctest/doctest.h>

#include <stdexcept>

#include "support/temporary_folder.hpp"

namespace io = espalier::io;

TEST_SUITE("io") {
  TEST_CASE("a written file holds exactly what it was given and replaces what was there") {
    const support::temporary_folder folder;
    io::write_file(folder / "a", "first, and longer");
    io::write_file(folder / "a", "second");
    CHECK(support::read_file(folder / "a") == "second");
    CHECK(folder.files() == 1);
  }

  TEST_CASE("a file whose writing fails leaves the former one and no part behind") {
    const support::temporary_folder folder;
    io::write_file(folder / "a", "former");
    const auto failing = [](const std::filesystem::path& temporary) {
      support::write_bytes(temporary, "half");
      throw std::runtime_error("disk full");
    };
    CHECK_THROWS_WITH_AS(io::replace_file(folder / "a", failing), "disk full", std::runtime_error);
    CHECK(support::read_file(folder / "a") == "former");
    CHECK(folder.files() == 1);
  }

  TEST_CASE("a path that cannot be written is named") {
    const support::temporary_folder folder;
    CHECK_THROWS_WITH_AS(io::write_file(folder / "missing" / "a", "text"), doctest::Contains("missing/a"),
                         espalier::file_error);
    std::filesystem::create_directory(folder / "taken");
    io::write_file(folder / "taken" / "inside", "x");
    CHECK_THROWS_AS(io::write_file(folder / "taken", "text"), espalier::file_error);
    CHECK(folder.files() == 1);
  }

  TEST_CASE("a full disk is noticed, and the former file stays") {
    const support::temporary_folder folder;
    io::write_file(folder / "a", "former");
    std::filesystem::create_symlink("/dev/full", folder / "a.part");
    CHECK_THROWS_WITH_AS(io::write_file(folder / "a", "text"), doctest::Contains("enough room"), espalier::file_error);
    CHECK(support::read_file(folder / "a") == "former");
    CHECK(folder.files() == 1);
  }

  TEST_CASE("a path below a file is refused") {
    CHECK_THROWS_AS(io::write_file("/dev/null/a", "x"), espalier::file_error);
  }

  TEST_CASE("an output folder is created with its parents and left empty") {
    const support::temporary_folder folder;
    io::prepare_folder(folder / "a/b/c");
    CHECK(std::filesystem::is_empty(folder / "a/b/c"));
    io::prepare_folder(folder / "a/b/c");
  }

  TEST_CASE("an output folder that cannot be written is found out before the work") {
    const support::temporary_folder folder;
    support::write_bytes(folder / "file", "x");
    CHECK_THROWS_WITH_AS(io::prepare_folder(folder / "file"), doctest::Contains("expected a folder that is writable"),
                         espalier::file_error);
    CHECK_THROWS_AS(io::prepare_folder(folder / "file/below"), espalier::file_error);
    CHECK_THROWS_AS(io::prepare_folder("/proc/espalier"), espalier::file_error);
  }
}
