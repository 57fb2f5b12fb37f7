// SPDX-License-Identifier: Apache-2.0
#include <espalier/io/load_layers.hpp>

#include <doctest/doctest.h>

#include <vector>

#include <espalier/io/save_layers.hpp>

#include "support/saved_layers.hpp"
#include "support/temporary_folder.hpp"

namespace io = espalier::io;

TEST_SUITE("io") {
  TEST_CASE("weights and masks come back bit for bit") {
    const support::temporary_folder folder;
    support::saved_network network;
    io::save_layers<float>(folder / "net.npz", network.layers(), network.masks);
    support::saved_network other;
    other.conv.assign(4, 0.0F);
    other.bias.assign(2, 0.0F);
    other.dense.assign(6, 0.0F);
    const auto masks = io::load_layers<float>(folder / "net.npz", other.layers());
    CHECK(other.conv == network.conv);
    CHECK(other.bias == network.bias);
    CHECK(other.dense == network.dense);
    REQUIRE(masks.size() == 2);
    CHECK(masks[1].mask == network.masks[1].mask);
    CHECK(masks[1].offset == network.masks[1].offset);
    CHECK(masks[1].trained_as_one == network.masks[1].trained_as_one);
    CHECK(masks[0].offset.empty());
    CHECK(masks[0].trained_as_one.empty());
  }

  TEST_CASE("a file of another network changes nothing and is refused by the array that does not fit") {
    const support::temporary_folder folder;
    support::saved_network network;
    io::save_layers<float>(folder / "net.npz", network.layers(), network.masks);
    support::saved_network other;
    other.conv.assign(4, 9.0F);
    other.dense_shape = {3, 2};
    CHECK_THROWS_WITH_AS(static_cast<void>(io::load_layers<float>(folder / "net.npz", other.layers())),
                         "espalier::io::load_layers: got 'dense/kernel' of shape (2, 3), expected (3, 2), as the "
                         "network has",
                         espalier::shape_error);
    CHECK(other.conv == std::vector<float>(4, 9.0F));
    other.dense_name = "dense_7";
    CHECK_THROWS_WITH_AS(static_cast<void>(io::load_layers<float>(folder / "net.npz", other.layers())),
                         doctest::Contains("dense_7/kernel"), espalier::argument_error);
    CHECK(other.conv == std::vector<float>(4, 9.0F));
  }
}
