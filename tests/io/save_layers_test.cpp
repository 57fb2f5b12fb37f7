// SPDX-License-Identifier: Apache-2.0
#include <espalier/io/save_layers.hpp>

#include <doctest/doctest.h>

#include <vector>

#include "support/saved_layers.hpp"
#include "support/temporary_folder.hpp"

namespace io = espalier::io;

TEST_SUITE("io") {
  TEST_CASE("kernels, biases, masks and, where weights are shared, offsets are there under the layers' names") {
    const support::temporary_folder folder;
    support::saved_network network;
    io::save_layers<float>(folder / "net.npz", network.layers(), network.masks);
    const io::npz_reader file(folder / "net.npz");
    CHECK(file.names() == std::vector<std::string>{"conv/kernel", "conv/bias", "conv/mask", "dense/kernel",
                                                   "dense/mask", "dense/offset", "dense/trained_as_one"});
    CHECK(file.load<float>("conv/kernel").shape == espalier::extents{1, 2, 1, 2});
    CHECK(file.load<float>("conv/kernel").values == network.conv);
    CHECK(file.load<std::uint8_t>("dense/mask").values == network.masks[1].mask);
    CHECK(file.load<float>("dense/offset").values == network.masks[1].offset);
    CHECK(file.load<std::uint32_t>("dense/trained_as_one").values == network.masks[1].trained_as_one);
  }

  TEST_CASE("masks that do not fit the layers are refused and no file is left") {
    const support::temporary_folder folder;
    support::saved_network network;
    network.masks[1].mask.pop_back();
    CHECK_THROWS_AS(io::save_layers<float>(folder / "net.npz", network.layers(), network.masks), espalier::shape_error);
    network.masks.pop_back();
    CHECK_THROWS_WITH_AS(io::save_layers<float>(folder / "net.npz", network.layers(), network.masks),
                         "espalier::io::save_layers: got 1 masks, expected 2, one per layer", espalier::shape_error);
    CHECK(folder.files() == 0);
  }
}
