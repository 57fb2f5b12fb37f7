// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/max_pool2d.hpp>

#include <doctest/doctest.h>

#include <vector>

#include "support/lane_blocks.hpp"

namespace kernels = espalier::kernels;

TEST_SUITE("kernels") {
  TEST_CASE("gradients are neither lost nor made: their sums before and behind agree, sample by sample") {
    espalier::random_generator random(4);
    using kernels::pool_axis;
    const kernels::pool2d_shape s{pool_axis::valid(7, 2, 2), pool_axis::valid(5, 2, 2), 3};
    const auto x = support::random_blocks<double>(random, s.inputs(), 2);
    const auto dy = support::random_blocks<double>(random, s.outputs(), 2);
    std::vector<double> dx(x.size(), 9);
    kernels::max_pool2d_backward<double>(s, x.data(), dy.data(), dx.data(), 2);
    for (std::size_t sample = 0; sample < 32; ++sample) {
      double before = 0;
      double behind = 0;
      for (std::size_t f = 0; f < s.inputs(); ++f) {
        before += dx[support::place(sample, f, s.inputs())];
      }
      for (std::size_t f = 0; f < s.outputs(); ++f) {
        behind += dy[support::place(sample, f, s.outputs())];
      }
      CHECK(before == doctest::Approx(behind));
      // What fills no window has no gradient: the last line and the last column.
      CHECK(dx[support::place(sample, (6 * 5 + 2) * 3, s.inputs())] == 0);
      CHECK(dx[support::place(sample, (2 * 5 + 4) * 3, s.inputs())] == 0);
    }
  }
}
