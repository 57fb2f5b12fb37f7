// SPDX-License-Identifier: Apache-2.0
#include <espalier/prune/restore_start.hpp>

#include <doctest/doctest.h>

#include <vector>

#include <espalier/base/byte_writer.hpp>

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
    prune::detail::run_state<double> state;
    state.dense = prune::snapshot(network).values();
    espalier::byte_writer writer;
    prune::detail::transfer(writer, state);
    place.kept = writer.take();
    network.first.assign(8, 0.0);
    network.bias.assign(4, 0.0);
    CHECK(prune::restore_start(network, place));
    CHECK(network.first == before);
    CHECK(network.bias == std::vector<double>(4, 0.5));
    place.kept.pop_back();
    CHECK_THROWS_AS(static_cast<void>(prune::restore_start(network, place)), espalier::parse_error);
    state.dense.pop_back();
    prune::detail::transfer(writer, state);
    place.kept = writer.take();
    CHECK_THROWS_AS(static_cast<void>(prune::restore_start(network, place)), espalier::shape_error);
    CHECK(network.first == before);
  }
}
