// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/pool1d_options.hpp>

#include <doctest/doctest.h>

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE("windows of a sequence are two steps and lie beside each other, unless said otherwise") {
    CHECK(nn::pool1d_options{}.pool == 2);
    CHECK(nn::pool1d_options{}.stride == 0);
    CHECK(nn::pool1d_options{}.padding == nn::padding::valid);
  }
}
