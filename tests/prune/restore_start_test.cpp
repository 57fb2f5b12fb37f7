// SPDX-License-Identifier: Apache-2.0
#include <espalier/prune/restore_start.hpp>

#include <doctest/doctest.h>

#include <espalier/objective/parameters.hpp>
#include <espalier/prune/optimize.hpp>
#include <espalier/rank/l1.hpp>
#include <espalier/schedule/constant.hpp>

#include "support/memory_checkpoint.hpp"
#include "support/scripted_training.hpp"

namespace prune = espalier::prune;

TEST_SUITE("prune") {
  TEST_CASE("the weights with which a saved run began come back; without a run the model stays as it is") {
    support::memory_checkpoint place;
    support::plain_network network;
    network.first[2] = 2.5;
    const auto before = network.first;
    CHECK_FALSE(prune::restore_start(network, place));
    CHECK_FALSE(prune::restore_start(network, {}));
    CHECK(network.first == before);
    support::scripted_trainer trainer{.metrics = {1.0, 1.0}};
    prune::options<espalier::rank::l1> o;
    o.checkpoint = place;
    static_cast<void>(prune::optimize(network, trainer, espalier::objective::parameters{},
                                      espalier::schedule::constant({.final = 0.5, .step = 0.5}), o));
    CHECK(network.first != before);
    CHECK(prune::restore_start(network, place));
    CHECK(network.first == before);
  }
}
