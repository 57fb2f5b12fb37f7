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

  TEST_CASE("inference has no gradients, and arrays that are not in use together share their memory") {
    const std::array<espalier::extents, 5> shapes{espalier::extents{3}, {5}, {5}, {2}, {4}};
    nn::workspace<float> w(shapes, std::array<bool, 4>{false, true, false, false},
                           {.blocks = 2, .kind = nn::workspace_kind::inference});
    CHECK(w.kind() == nn::workspace_kind::inference);
    CHECK(w.delta(1) == nullptr);
    CHECK(w.value(2) == w.value(1));
    // The layer that writes 3 may have taken along the one before it, which wrote 2; so it may read 0.
    CHECK(w.value(1) >= w.value(0) + 4 * 32);
    CHECK(w.value(3) >= w.value(2) + 5 * 32);
    CHECK(w.value(4) == w.value(0));
    w.value(3)[2 * 32 - 1] = 1;
    w.value(4)[4 * 32 - 1] = 1;
  }
}
