// SPDX-License-Identifier: Apache-2.0
#include <espalier/tune/search_options.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/tune/bayesian.hpp>
#include <espalier/tune/dimension.hpp>
#include <espalier/tune/grid_points.hpp>
#include <espalier/tune/hyperband.hpp>
#include <espalier/tune/random_points.hpp>
#include <espalier/tune/try_all.hpp>

namespace tune = espalier::tune;

namespace {

const std::vector<tune::dimension> space{{0, 4, false}};

double distance(std::span<const double> point, std::size_t epochs) {
  return (point[0] - 1) * (point[0] - 1) + 1 / static_cast<double>(epochs);
}

/// Every kind of search for the least of `distance`, which is at 1.
std::vector<tune::search_result> all_searches(const tune::search_options& options) {
  const auto grid = tune::grid_points(space, std::vector<std::size_t>{17});
  return {tune::try_all(grid, 3, distance, options),
          tune::try_all(tune::random_points(space, 50, 2), 3, distance, options),
          tune::hyperband(space, {.maximum_epochs = 9, .iterations = 2, .seed = 4}, distance, options),
          tune::bayesian(space, {.trials = 20, .random_trials = 4, .batch = 4, .seed = 4}, distance, options)};
}

}  // namespace

TEST_SUITE("tune") {
  TEST_CASE("a search that was ended goes on from the attempts that were kept, to the same result") {
    const auto whole = tune::hyperband(space, {.maximum_epochs = 9, .seed = 4}, distance);
    for (std::size_t last = 0; last < whole.trials.size(); ++last) {
      tune::search_options options;
      std::vector<tune::trial> kept;
      options.on_trial = [&](const tune::trial& trial) {
        kept.push_back(trial);
        if (kept.size() > last) {
          throw std::runtime_error("killed");
        }
      };
      CHECK_THROWS(static_cast<void>(tune::hyperband(space, {.maximum_epochs = 9, .seed = 4}, distance, options)));
      std::size_t tried = 0;
      tune::search_options rest;
      rest.known = kept;
      rest.on_trial = [&](const tune::trial&) { ++tried; };
      const auto found = tune::hyperband(space, {.maximum_epochs = 9, .seed = 4}, distance, rest);
      CHECK(found.trials == whole.trials);
      CHECK(found.best == whole.best);
      CHECK(tried == whole.trials.size() - kept.size());
    }
  }

  TEST_CASE("a stopped search gives the best so far and says that it is not complete") {
    std::stop_source source;
    tune::search_options options;
    options.stop = source.get_token();
    options.on_trial = [&](const tune::trial& trial) {
      if (trial.loss < 2) {
        source.request_stop();
      }
    };
    const auto found = tune::try_all(tune::random_points(space, 100, 2), 1, distance, options);
    CHECK_FALSE(found.complete);
    CHECK(found.trials.size() < 100);
    CHECK(found.trials[found.best].loss < 2);
    CHECK(found.best == found.trials.size() - 1);
    const auto raced = tune::hyperband(space, {.maximum_epochs = 9}, distance, options);
    CHECK_FALSE(raced.complete);
    CHECK(raced.trials.empty());
  }

  TEST_CASE(
      "every search comes to the least of a function, to the same bits with 1, 2 and 4 threads and after an end") {
    const auto expected = all_searches({});
    for (const auto& found : expected) {
      CHECK(found.complete);
      CHECK(std::abs(found.trials[found.best].point[0] - 1) < 0.15);
    }
    for (const std::size_t threads : {0U, 2U, 4U}) {
      const auto found = all_searches({.threads = threads});
      for (std::size_t i = 0; i < expected.size(); ++i) {
        CHECK(found[i].trials == expected[i].trials);
        CHECK(found[i].best == expected[i].best);
      }
    }
    for (const std::size_t last : {0U, 3U, 20U}) {
      tune::search_options options{.threads = 3};
      std::vector<tune::trial> kept;
      options.on_trial = [&](const tune::trial& trial) {
        kept.push_back(trial);
        if (kept.size() > last) {
          throw std::runtime_error("killed");
        }
      };
      const tune::hyperband_options settings{.maximum_epochs = 9, .iterations = 2, .seed = 4};
      CHECK_THROWS_AS(static_cast<void>(tune::hyperband(space, settings, distance, options)), std::runtime_error);
      CHECK(kept.size() > last);
      CHECK(tune::hyperband(space, settings, distance, {.known = kept, .threads = 2}).trials == expected[2].trials);
    }
  }

  TEST_CASE("with threads attempts are made at once, and callbacks one after the other") {
    std::mutex mutex;
    std::condition_variable all_there;
    std::size_t there = 0;
    const auto meet = [&](std::span<const double> point, std::size_t) {
      std::unique_lock lock(mutex);
      ++there;
      all_there.notify_all();
      // Without the others this waits in vain, and fails.
      return all_there.wait_for(lock, std::chrono::seconds(20), [&] { return there >= 3; }) ? point[0] : std::nan("");
    };
    std::atomic<bool> inside = false;
    std::size_t heard = 0;
    tune::search_options options{.threads = 3};
    options.on_trial = [&](const tune::trial& trial) {
      CHECK_FALSE(inside.exchange(true));
      CHECK(trial.loss == trial.point[0]);
      ++heard;
      inside = false;
    };
    const auto found = tune::try_all(std::vector<std::vector<double>>{{4}, {2}, {3}}, 1, meet, options);
    CHECK(found.best == 1);
    CHECK(heard == 3);
  }

  TEST_CASE("of several attempts that throw the first one's exception is told, with any number of threads") {
    std::vector<std::vector<double>> points;
    for (std::size_t i = 0; i < 40; ++i) {
      points.push_back({static_cast<double>(i)});
    }
    for (const std::size_t threads : {1U, 2U, 4U}) {
      for (int round = 0; round < 20; ++round) {
        const auto broken = [](std::span<const double> point, std::size_t) {
          if (point[0] >= 7) {
            throw espalier::numeric_error("at " + std::to_string(static_cast<int>(point[0])));
          }
          return point[0];
        };
        CHECK_THROWS_WITH_AS(static_cast<void>(tune::try_all(points, 1, broken, {.threads = threads})), "at 7",
                             espalier::numeric_error);
      }
    }
  }

  TEST_CASE("a stop ends a search on several threads with what was tried so far") {
    std::stop_source source;
    tune::search_options options{.threads = 4};
    options.stop = source.get_token();
    options.on_trial = [&](const tune::trial&) { source.request_stop(); };
    const auto found = tune::try_all(tune::random_points(space, 100, 2), 1, distance, options);
    CHECK_FALSE(found.complete);
    CHECK(found.trials.size() >= 1);
    CHECK(found.trials.size() <= 4);
    CHECK(found.trials[found.best].loss <= found.trials.back().loss);
  }
}
