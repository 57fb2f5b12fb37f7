// SPDX-License-Identifier: Apache-2.0
#include <espalier/tune/search_options.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <vector>

#include <espalier/tune/dimension.hpp>
#include <espalier/tune/hyperband.hpp>
#include <espalier/tune/random_points.hpp>
#include <espalier/tune/try_all.hpp>

namespace tune = espalier::tune;

namespace {

const std::vector<tune::dimension> space{{0, 4, false}};

double distance(std::span<const double> point, std::size_t epochs) {
  return (point[0] - 1) * (point[0] - 1) + 1 / static_cast<double>(epochs);
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
}
