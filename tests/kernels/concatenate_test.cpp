// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/concatenate.hpp>

#include <doctest/doctest.h>

#include <vector>

#include "support/lane_blocks.hpp"

namespace kernels = espalier::kernels;

TEST_SUITE("kernels") {
  TEST_CASE("channels that are put beside each other and taken apart are what they were") {
    espalier::random_generator random(2);
    const auto a = support::random_blocks<double>(random, 2 * 3, 1);
    const auto b = support::random_blocks<double>(random, 2 * 1, 1);
    std::vector<double> whole(2 * 4 * 16);
    kernels::put_channels({2, 3, 0, 4}, a.data(), whole.data());
    kernels::put_channels({2, 1, 3, 4}, b.data(), whole.data());
    CHECK(whole[support::place(5, 1 * 4 + 2, 8)] == a[support::place(5, 1 * 3 + 2, 6)]);
    CHECK(whole[support::place(5, 1 * 4 + 3, 8)] == b[support::place(5, 1, 2)]);
    std::vector<double> back_a(a.size());
    std::vector<double> back_b(b.size());
    kernels::take_channels({2, 3, 0, 4}, whole.data(), back_a.data());
    kernels::take_channels({2, 1, 3, 4}, whole.data(), back_b.data());
    CHECK(back_a == a);
    CHECK(back_b == b);
  }
}
