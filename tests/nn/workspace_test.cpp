// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/workspace.hpp>

#include <doctest/doctest.h>

#include <array>

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE("layers in place share their memory, all others have their own") {
    const std::array<espalier::extents, 4> shapes{espalier::extents{3}, {5}, {5}, {2}};
    nn::workspace<float> w(shapes, std::array<bool, 3>{false, true, false}, {.blocks = 2, .scratch = 7});
    CHECK(w.value(1) >= w.value(0) + 3 * 32);
    CHECK(w.value(2) == w.value(1));
    CHECK(w.value(3) >= w.value(2) + 5 * 32);
    CHECK(w.delta(2) == w.delta(1));
    CHECK(w.delta(0) != w.value(0));
    w.value(3)[2 * 32 - 1] = 1;
    w.delta(3)[2 * 32 - 1] = 1;
    w.scratch()[6] = 1;
  }
}
