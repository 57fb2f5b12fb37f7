// SPDX-License-Identifier: Apache-2.0
#include <espalier/prune/snapshot.hpp>

#include <doctest/doctest.h>

#include "support/scripted_training.hpp"

TEST_SUITE("prune") {
  TEST_CASE("a snapshot brings back all parameters, biases too, as often as wanted") {
    support::plain_network network;
    const support::plain_network before = network;
    const espalier::prune::snapshot saved(network);
    for (int round = 0; round < 2; ++round) {
      network.first.assign(8, -1.0);
      network.bias.assign(4, -1.0);
      network.second.assign(8, -1.0);
      saved.restore(network);
      CHECK(network.first == before.first);
      CHECK(network.bias == before.bias);
      CHECK(network.second == before.second);
    }
  }

  TEST_CASE("the numbers of a snapshot make another one, which fits no model of another shape") {
    support::plain_network network;
    const support::plain_network before = network;
    auto values = espalier::prune::snapshot(network).values();
    network.bias.assign(4, -1.0);
    espalier::prune::snapshot<support::plain_network>(values).restore(network);
    CHECK(network.bias == before.bias);
    values.pop_back();
    CHECK_THROWS_AS(espalier::prune::snapshot<support::plain_network>(values).restore(network), espalier::shape_error);
  }
}
