// SPDX-License-Identifier: Apache-2.0
#include <espalier/prune/found_network.hpp>

#include <doctest/doctest.h>

#include <vector>

#include "support/scripted_training.hpp"

TEST_SUITE("prune") {
  TEST_CASE("a found network goes into a model of the same parameters, and into no other one") {
    support::plain_network model;
    espalier::prune::found_network<double> found;
    found.parameters = {std::vector<double>(8, 1.0), std::vector<double>(4, 2.0), std::vector<double>(8, 3.0)};
    found.restore(model);
    CHECK(model.first == found.parameters[0]);
    CHECK(model.bias == found.parameters[1]);
    CHECK(model.second == found.parameters[2]);
    found.parameters[1].pop_back();
    found.parameters[0][0] = 7;
    CHECK_THROWS_AS(found.restore(model), espalier::shape_error);
    CHECK(model.first[0] == 1);
  }
}
