// SPDX-License-Identifier: Apache-2.0
#include <espalier/prune/rewound.hpp>

#include <doctest/doctest.h>

#include <cstddef>

#include <espalier/objective/parameters.hpp>
#include <espalier/prune/optimize.hpp>
#include <espalier/rank/l1.hpp>
#include <espalier/schedule/constant.hpp>

#include "support/scripted_training.hpp"

namespace prune = espalier::prune;

TEST_SUITE("prune") {
  TEST_CASE("every level begins from the early weights, those that are not kept at 0, and rewinding does not") {
    support::plain_network network;
    const prune::snapshot early(network);
    for (double& weight : network.first) {
      weight += 100;
    }
    support::scripted_trainer inner{.metrics = {1.0, 1.0, 1.0, 1.0}};
    inner.on_fit = [&](const prune::training_phase& phase) {
      // The scripted trainer has added 1 by now.
      CHECK((network.bias[0] == 1.5) == (phase.purpose == prune::purpose::level));
      CHECK((network.first[7] == 9) == (phase.purpose == prune::purpose::level));
    };
    prune::rewound<support::scripted_trainer, support::plain_network> trainer(inner, early);
    const auto result = prune::optimize(network, trainer, espalier::objective::parameters{},
                                        espalier::schedule::constant({.final = 0.5, .step = 0.25}),
                                        prune::options<espalier::rank::l1>{.rewinding = 1});
    CHECK(result.ending == prune::ending::schedule_ended);
    CHECK(inner.phases.size() == 3);
    for (std::size_t i = 0; i < 8; ++i) {
      CHECK((result.masks[0].mask[i] == 0) == (network.first[i] == 0));
    }
  }

  TEST_CASE("it can what the other trainer can, and no more") {
    using plain = prune::rewound<support::scripted_trainer, support::plain_network>;
    CHECK(prune::trainer<plain, support::plain_network>);
    CHECK_FALSE(prune::stepwise_trainer<plain, support::plain_network>);
    CHECK_FALSE(prune::fisher_trainer<plain, support::plain_network>);
  }
}
