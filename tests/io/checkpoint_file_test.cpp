// SPDX-License-Identifier: Apache-2.0
#include <espalier/io/checkpoint_file.hpp>

#include <doctest/doctest.h>

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <espalier/base/random_generator.hpp>

#include "support/temporary_folder.hpp"

namespace io = espalier::io;

namespace {

std::vector<std::byte> some_bytes(std::size_t count, std::uint64_t seed) {
  espalier::random_generator random(seed);
  std::vector<std::byte> bytes(count);
  for (std::byte& byte : bytes) {
    byte = static_cast<std::byte>(random.below(256));
  }
  return bytes;
}

/// Runs a check in a process of its own, which may do to itself what would hurt the others.
/// @return whether the check was passed.
template <class Check>
bool in_own_process(Check&& check) {
  const pid_t child = fork();
  if (child == 0) {
    bool passed = false;
    try {
      passed = check();
    } catch (...) {
      passed = false;
    }
    _exit(passed ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

template <class Action>
std::string message_of(Action&& action) {
  try {
    action();
  } catch (const espalier::file_error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("what was saved last is loaded, by this owner and by the next") {
    const support::temporary_folder folder;
    {
      io::checkpoint_file file(folder / "run");
      CHECK(file.load().empty());
      file.save(some_bytes(100'000, 1));
      file.save(some_bytes(1000, 2));
      CHECK(file.load() == some_bytes(1000, 2));
    }
    CHECK(folder.files() == 1);  // no lock and no part is left
    io::checkpoint_file file(folder / "run");
    CHECK(file.load() == some_bytes(1000, 2));
    file.remove();
    CHECK(file.load().empty());
    file.remove();
  }

  TEST_CASE("a file with any flipped bit, or cut anywhere, is refused and stays as it is") {
    const support::temporary_folder folder;
    io::checkpoint_file file(folder / "run");
    file.save(some_bytes(50, 3));
    const std::string whole = support::read_file(folder / "run");
    for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
      std::string flipped = whole;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
      support::write_bytes(folder / "run", flipped);
      CHECK_THROWS_AS(static_cast<void>(file.load()), espalier::parse_error);
      CHECK(support::read_file(folder / "run") == flipped);
    }
    for (std::size_t size = 1; size < whole.size(); ++size) {
      support::write_bytes(folder / "run", whole.substr(0, size));
      CHECK_THROWS_AS(static_cast<void>(file.load()), espalier::parse_error);
    }
    support::write_bytes(folder / "run", "");
    CHECK_THROWS_WITH_AS(static_cast<void>(file.load()), doctest::Contains("an empty file"), espalier::file_error);
    support::write_bytes(folder / "run", whole);
    CHECK(file.load() == some_bytes(50, 3));
  }

  TEST_CASE("the error says what is wrong: kind, version, length or checksum") {
    const support::temporary_folder folder;
    io::checkpoint_file file(folder / "run");
    file.save(some_bytes(50, 3));
    const std::string whole = support::read_file(folder / "run");
    const auto refused = [&](std::string bytes, const char* why) {
      support::write_bytes(folder / "run", bytes);
      CHECK_THROWS_WITH_AS(static_cast<void>(file.load()), doctest::Contains(why), espalier::parse_error);
    };
    refused("PK" + whole.substr(2), "a file of another kind");
    refused(whole.substr(0, 8) + '\7' + whole.substr(9), "a file of version 7, expected version 1");
    refused(whole.substr(0, 10), "got in '");
    refused(whole.substr(0, 60), "36 bytes after the head, expected 50");
    refused(whole + "x", "51 bytes after the head, expected 50");
    refused(whole.substr(0, whole.size() - 1) + static_cast<char>(whole.back() ^ 1), "their checksum differs");
  }

  TEST_CASE("a save that finds no room leaves the former state and no part, and a later one succeeds") {
    const support::temporary_folder folder;
    CHECK(in_own_process([&] {
      io::checkpoint_file file(folder / "run");
      file.save(some_bytes(1000, 1));
      signal(SIGXFSZ, SIG_IGN);  // the write then fails as on a full disk
      const rlimit small{20'000, 20'000};
      if (setrlimit(RLIMIT_FSIZE, &small) != 0) {
        return false;
      }
      const std::string why = message_of([&] { file.save(some_bytes(50'000, 2)); });
      const bool kept = file.load() == some_bytes(1000, 1) && folder.files() == 2;  // and the lock
      file.save(some_bytes(10'000, 3));
      return why.find("io::checkpoint_file::save") != std::string::npos && kept && file.load() == some_bytes(10'000, 3);
    }));
  }

  TEST_CASE("a full device is noticed") {
    const support::temporary_folder folder;
    io::checkpoint_file file(folder / "run");
    file.save(some_bytes(1000, 1));
    std::filesystem::create_symlink("/dev/full", folder / "run.part");
    CHECK_THROWS_WITH_AS(file.save(some_bytes(1000, 2)), doctest::Contains("No space left on device"),
                         espalier::file_error);
    CHECK(file.load() == some_bytes(1000, 1));
  }

  TEST_CASE("a folder that cannot be written is found out at the beginning, and one that becomes so keeps the state") {
    const support::temporary_folder folder;
    CHECK_THROWS_WITH_AS(io::checkpoint_file(folder / "missing" / "run"), doctest::Contains("a writable folder"),
                         espalier::file_error);
    REQUIRE(chmod(folder.path().c_str(), 0777) == 0);
    CHECK(in_own_process([&] {
      if (getuid() == 0 && setuid(65534) != 0) {  // nothing is read-only to root
        return false;
      }
      io::checkpoint_file file(folder / "run");
      file.save(some_bytes(1000, 1));
      return true;
    }));
    REQUIRE(chmod(folder.path().c_str(), 0555) == 0);
    CHECK(in_own_process([&] {
      if (getuid() == 0 && setuid(65534) != 0) {
        return false;
      }
      return message_of([&] { io::checkpoint_file file(folder / "run"); }).find("a writable folder") !=
             std::string::npos;
    }));
    REQUIRE(chmod(folder.path().c_str(), 0755) == 0);
    CHECK(io::checkpoint_file(folder / "run").load() == some_bytes(1000, 1));
  }

  TEST_CASE("two owners cannot have the same file, and the lock of a process that was killed is gone with it") {
    const support::temporary_folder folder;
    {
      const io::checkpoint_file file(folder / "run");
      CHECK_THROWS_WITH_AS(io::checkpoint_file(folder / "run"), doctest::Contains("another process works on"),
                           espalier::file_error);
      CHECK(in_own_process([&] {
        return message_of([&] { io::checkpoint_file second(folder / "run"); }).find("another process works on") !=
               std::string::npos;
      }));
      const io::checkpoint_file other(folder / "other");
    }
    const pid_t child = fork();
    if (child == 0) {
      const io::checkpoint_file file(folder / "run");
      raise(SIGKILL);
    }
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status));
    CHECK_NOTHROW(io::checkpoint_file(folder / "run"));
  }

  TEST_CASE("a process that is killed while it saves leaves a state that it saved") {
    const support::temporary_folder folder;
    for (int round = 0; round < 20; ++round) {
      const pid_t child = fork();
      if (child == 0) {
        io::checkpoint_file file(folder / "run");
        for (std::uint64_t seed = 0;; ++seed) {
          file.save(some_bytes(5'000 + 1000 * (seed % 7), seed % 7));
        }
      }
      usleep(static_cast<useconds_t>(3'000 + 1'700 * round));
      kill(child, SIGKILL);
      waitpid(child, nullptr, 0);
      io::checkpoint_file file(folder / "run");
      const auto state = file.load();
      if (!state.empty()) {
        CHECK(state == some_bytes(state.size(), (state.size() - 5'000) / 1000));
      }
    }
    CHECK_FALSE(io::checkpoint_file(folder / "run").load().empty());
  }
}
