// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/elementwise.hpp>

#include <doctest/doctest.h>

#include "support/lane_blocks.hpp"

namespace kernels = espalier::kernels;

TEST_SUITE("kernels") {
  TEST_CASE_TEMPLATE("a rectifier and its slope agree", T, float, double) {
    espalier::random_generator random(4);
    auto y = support::random_blocks<T>(random, 3, 1);
    const auto x = y;
    auto dy = support::random_blocks<T>(random, 3, 1);
    const auto before = dy;
    kernels::relu_forward(y.data(), y.size());
    kernels::relu_backward<T>(y.data(), dy.data(), dy.size());
    for (std::size_t i = 0; i < y.size(); ++i) {
      CHECK(y[i] == (x[i] > 0 ? x[i] : T{0}));
      CHECK(dy[i] == (x[i] > 0 ? before[i] : T{0}));
    }
  }
}
