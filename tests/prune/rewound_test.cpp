// SPDX-License-Identifier: Apache-2.0
#include <espalier/prune/rewound.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

#include "support/scripted_training.hpp"

namespace prune = espalier::prune;

TEST_SUITE("prune") {
  TEST_CASE("every level begins from the early weights; rewinding and the final training do not") {
    support::plain_network network;
    const prune::snapshot early(network);
    for (double& weight : network.first) {
      weight += 100;
    }
    support::scripted_trainer inner{.metrics = {1.0}};
    inner.on_fit = [&](const prune::training_phase& phase) {
      // The scripted trainer has added 1 by now.
      CHECK((network.bias[0] == 1.5) == (phase.purpose == prune::purpose::level));
      CHECK((network.first[7] == 9) == (phase.purpose == prune::purpose::level));
    };
    prune::rewound<support::scripted_trainer, support::plain_network> trainer(inner, early);
    std::vector<espalier::mask::weight_mask<double>> masks(2);
    trainer.fit(network, masks, {.epochs = 1, .level = 1});
    trainer.fit(network, {}, {.epochs = 1, .level = 1, .purpose = prune::purpose::rewinding});
    trainer.fit(network, masks, {.epochs = 1, .level = 2});
    trainer.fit(network, masks, {.epochs = 1, .level = 3, .purpose = prune::purpose::final});
    CHECK(inner.phases.size() == 4);
    CHECK(inner.masks_given == std::vector<std::size_t>{2, 0, 2, 2});
    CHECK(trainer.evaluate(network) == 1.0);
    // Inside a level that is gone on with, the weights are those that were saved.
    network.bias[0] = 7;
    inner.on_fit = {};
    trainer.fit(network, masks, {.epochs = 3, .level = 2, .first_epoch = 1});
    CHECK(network.bias[0] == 8);
  }

  TEST_CASE("it can what the other trainer can, and no more") {
    using plain = prune::rewound<support::scripted_trainer, support::plain_network>;
    CHECK(prune::trainer<plain, support::plain_network>);
    CHECK_FALSE(prune::stepwise_trainer<plain, support::plain_network>);
    CHECK_FALSE(prune::fisher_trainer<plain, support::plain_network>);
  }
}
