// SPDX-License-Identifier: Apache-2.0
#include <espalier/train/detail/workers.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

using espalier::train::detail::workers;

TEST_SUITE("train") {
  TEST_CASE("every task is done exactly once, round after round, for any number of threads") {
    for (const std::size_t threads : {1U, 2U, 5U}) {
      workers team(threads);
      CHECK(team.size() == threads);
      for (const std::size_t tasks : {0U, 1U, 2U, 3U, 100U, 7U}) {
        std::vector<std::atomic<int>> done(tasks);
        team.run(tasks, [&](std::size_t task, std::size_t worker) {
          ++done[task];
          CHECK(worker < threads);
        });
        for (const auto& count : done) {
          CHECK(count == 1);
        }
      }
    }
  }

  TEST_CASE("what a task throws is thrown on, and the team goes on working") {
    workers team(2);
    for (int round = 0; round < 20; ++round) {
      CHECK_THROWS_WITH_AS(team.run(8,
                                    [](std::size_t task, std::size_t) {
                                      if (task == 3) {
                                        throw std::runtime_error("task 3");
                                      }
                                    }),
                           "task 3", std::runtime_error);
      std::atomic<int> done = 0;
      team.run(8, [&](std::size_t, std::size_t) { ++done; });
      CHECK(done == 8);
    }
  }

  TEST_CASE("many short rounds do not lose a task") {
    workers team(3);
    std::atomic<std::size_t> done = 0;
    for (int round = 0; round < 3000; ++round) {
      team.run(4, [&](std::size_t, std::size_t) { ++done; });
      REQUIRE(done == 4 * static_cast<std::size_t>(round + 1));
    }
  }
}
