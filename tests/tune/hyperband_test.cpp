// SPDX-License-Identifier: Apache-2.0
#include <espalier/tune/hyperband.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <espalier/objective/parameters.hpp>
#include <espalier/prune/optimize.hpp>
#include <espalier/rank/l1.hpp>
#include <espalier/schedule/constant.hpp>

#include "support/scripted_training.hpp"

namespace tune = espalier::tune;

namespace {

const std::vector<tune::dimension> space{{1e-6, 1}, {0, 4, false}};

/// Least at (1e-3, 2); fewer epochs see it from further away.
double bowl(std::span<const double> point, std::size_t epochs) {
  const double factor = std::log10(point[0]) + 3;
  return factor * factor + (point[1] - 2) * (point[1] - 2) + 1 / static_cast<double>(epochs);
}

}  // namespace

TEST_SUITE("tune") {
  TEST_CASE("brackets are those of the paper: 27 points with 1 epoch of 27, and so on to 4 points with 27") {
    const auto found = tune::hyperband(space, {.maximum_epochs = 27, .factor = 3}, bowl);
    std::vector<std::pair<std::size_t, std::size_t>> rounds;  // points, epochs
    for (const auto& trial : found.trials) {
      if (rounds.empty() || rounds.back().second != trial.epochs) {
        rounds.emplace_back(0, trial.epochs);
      }
      ++rounds.back().first;
    }
    // First rounds, then second ones, and so on; the last three brackets end with 1 + 1 of 27 epochs.
    const std::vector<std::pair<std::size_t, std::size_t>> expected{{27, 1}, {12, 3}, {6, 9}, {4, 27}, {9, 3},
                                                                    {4, 9},  {2, 27}, {3, 9}, {2, 27}};
    CHECK(rounds == expected);
  }

  TEST_CASE("a round goes on with the best of the round before") {
    const auto found = tune::hyperband(space, {.maximum_epochs = 9, .factor = 3}, bowl);
    std::vector<double> first;
    for (std::size_t i = 0; i < 9; ++i) {
      first.push_back(found.trials[i].loss);
    }
    std::sort(first.begin(), first.end());
    for (std::size_t i = 0; i < 3; ++i) {  // behind the first rounds of the other brackets, of 5 and 3 points
      CHECK(found.trials[17 + i].epochs == 3);
      CHECK(found.trials[17 + i].loss == doctest::Approx(first[i] - 1 + 1.0 / 3));
    }
  }

  TEST_CASE("it comes close to the least of a function, closer with more iterations, the same for the same seed") {
    const auto found = tune::hyperband(space, {.maximum_epochs = 81, .iterations = 3, .seed = 1}, bowl);
    const tune::trial& best = found.trials[found.best];
    CHECK(best.epochs == 81);
    CHECK(best.loss < 0.15);
    const auto again = tune::hyperband(space, {.maximum_epochs = 81, .iterations = 3, .seed = 1}, bowl);
    CHECK(again.trials == found.trials);
    CHECK(tune::hyperband(space, {.maximum_epochs = 81, .seed = 2}, bowl).trials[0] != found.trials[0]);
    for (const auto& trial : found.trials) {
      CHECK((trial.epochs < 81 || trial.loss >= best.loss));
    }
  }

  TEST_CASE("fewer epochs than the factor are one round of one point, and settings out of range are refused") {
    CHECK(tune::hyperband(space, {.maximum_epochs = 2, .factor = 3}, bowl).trials.size() == 1);
    CHECK_THROWS_AS(static_cast<void>(tune::hyperband(space, {.maximum_epochs = 0}, bowl)), espalier::argument_error);
    CHECK_THROWS_AS(static_cast<void>(tune::hyperband(space, {.factor = 1}, bowl)), espalier::argument_error);
    CHECK_THROWS_AS(static_cast<void>(tune::hyperband(space, {.iterations = 0}, bowl)), espalier::argument_error);
    CHECK_THROWS_AS(static_cast<void>(tune::hyperband({}, {}, bowl)), espalier::argument_error);
  }

  TEST_CASE("the strengths of regularizers are tuned for the metric at the first sparsity of a pruning run") {
    namespace prune = espalier::prune;
    // A trainer whose metric is best where the strength is 1e-3.
    struct strength_trainer {
      double metric = 1;
      void fit(support::plain_network&, prune::masks<double>, const prune::training_phase& phase) {
        REQUIRE(phase.penalties.size() == 2);
        metric = 1 - 0.1 * std::abs(std::log10(phase.penalties[0].penalty.options().alpha) + 3);
      }
      double evaluate(support::plain_network&) const { return metric; }
    };
    const std::vector<tune::dimension> strengths{{1e-6, 1e-1}};
    const auto lost = [](std::span<const double> point, std::size_t epochs) {
      support::plain_network network;
      strength_trainer trainer;
      prune::options<espalier::rank::l1> o{.epochs = epochs, .maximum_levels = 1};
      o.regularization = {{"", {.alpha = point[0]}}};
      const auto pruned = prune::optimize(network, trainer, espalier::objective::parameters{},
                                          espalier::schedule::constant({.final = 0.5, .step = 0.25}), o);
      return pruned.report.baseline - pruned.report.levels.front().metric;
    };
    const auto found = tune::hyperband(strengths, {.maximum_epochs = 9, .iterations = 3, .seed = 1}, lost);
    CHECK(std::abs(std::log10(found.trials[found.best].point[0]) + 3) < 0.3);
  }
}
