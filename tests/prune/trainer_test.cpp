// SPDX-License-Identifier: Apache-2.0
#include <espalier/prune/trainer.hpp>

#include <doctest/doctest.h>

#include <vector>

#include <espalier/objective/parameters.hpp>
#include <espalier/prune/optimize.hpp>
#include <espalier/rank/saliency.hpp>
#include <espalier/schedule/constant.hpp>

#include "support/scripted_training.hpp"

namespace prune = espalier::prune;

namespace {

/// Also gives numbers for rankings: the last weights of each layer matter most.
struct ranking_trainer : support::scripted_trainer {
  std::vector<std::vector<double>> fisher(support::plain_network& network) { return gradients(network); }
  std::vector<std::vector<double>> curvature(support::plain_network& network) { return gradients(network); }
  std::vector<std::vector<double>> gradients(support::plain_network& /*network*/) {
    return {{0, 0, 0, 0, 1, 1, 1, 1}, {0, 0, 0, 0, 1, 1, 1, 1}};
  }
};

template <class Ranking>
std::vector<double> what_is_left_of_first() {
  support::plain_network network;
  ranking_trainer trainer;
  trainer.metrics = {1.0, 1.0};
  const auto result = prune::optimize(network, trainer, espalier::objective::parameters{},
                                      espalier::schedule::constant({.final = 0.5, .step = 0.5}),
                                      prune::options<Ranking>{.live = false});
  CHECK(result.report.levels.size() == 1);
  return network.first;
}

}  // namespace

TEST_SUITE("prune") {
  TEST_CASE("fit and evaluate make a trainer; gradients and Fisher information are for the rankings that need them") {
    CHECK(prune::trainer<support::scripted_trainer, support::plain_network>);
    CHECK_FALSE(prune::fisher_trainer<support::scripted_trainer, support::plain_network>);
    CHECK_FALSE(prune::gradient_trainer<support::scripted_trainer, support::plain_network>);
    CHECK(prune::fisher_trainer<ranking_trainer, support::plain_network>);
    CHECK(prune::gradient_trainer<ranking_trainer, support::plain_network>);
    CHECK_FALSE(prune::curvature_trainer<support::scripted_trainer, support::plain_network>);
    CHECK(prune::curvature_trainer<ranking_trainer, support::plain_network>);
  }

  TEST_CASE("rankings with data get the trainer's numbers, layer by layer") {
    const std::vector<double> expected{0, 0, 0, 0, 6, 7, 8, 9};
    CHECK(what_is_left_of_first<espalier::rank::fisher>() == expected);
    CHECK(what_is_left_of_first<espalier::rank::saliency>() == expected);
  }
}
