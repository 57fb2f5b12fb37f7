// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/zero_padding2d.hpp>

#include <doctest/doctest.h>

#include <vector>

#include "support/lane_blocks.hpp"

namespace kernels = espalier::kernels;

TEST_SUITE("kernels") {
  TEST_CASE("what is padded and cut again is what it was") {
    const kernels::zero_padding2d_shape s{3, 2, 2, 1, 2, 0, 1};
    espalier::random_generator random(2);
    const auto x = support::random_blocks<double>(random, 12, 2);
    std::vector<double> y(s.output_height() * s.output_width() * 2 * 32, 7.0);
    kernels::zero_padding2d_forward(s, x.data(), y.data(), 2);
    CHECK(y[0] == 0);
    CHECK(y.back() == 0);
    std::vector<double> back(x.size());
    kernels::zero_padding2d_backward(s, y.data(), back.data(), 2);
    CHECK(back == x);
  }
}
