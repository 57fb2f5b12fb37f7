// SPDX-License-Identifier: Apache-2.0
#include <espalier/io/interrupt.hpp>

#include <doctest/doctest.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace io = espalier::io;

namespace {

bool stopped_soon(const std::stop_token& token) {
  for (int tick = 0; tick < 1000 && !token.stop_requested(); ++tick) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return token.stop_requested();
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("an interrupt requests a stop and does not end the program") {
    for (const int signal : {SIGINT, SIGTERM}) {
      const io::stop_on_interrupt interrupt;
      CHECK_FALSE(interrupt.token().stop_requested());
      REQUIRE(kill(getpid(), signal) == 0);
      CHECK(stopped_soon(interrupt.token()));
    }
  }

  TEST_CASE("a second interrupt ends the program") {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      signal(SIGINT, SIG_DFL);  // doctest has a handler of its own
      const io::stop_on_interrupt interrupt;
      kill(getpid(), SIGINT);
      if (!stopped_soon(interrupt.token())) {
        _exit(1);
      }
      kill(getpid(), SIGINT);
      std::this_thread::sleep_for(std::chrono::seconds(10));
      _exit(2);
    }
    int state = 0;
    REQUIRE(waitpid(child, &state, 0) == child);
    CHECK(WIFSIGNALED(state));
    CHECK(WTERMSIG(state) == SIGINT);
  }
}
