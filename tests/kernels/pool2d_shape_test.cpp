// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/pool2d_shape.hpp>

#include <doctest/doctest.h>

#include <vector>

using espalier::kernels::pool2d_shape;
using espalier::kernels::pool_axis;

TEST_SUITE("kernels") {
  TEST_CASE("windows inside leave out what is left over") {
    const pool_axis axis = pool_axis::valid(7, 3, 2);
    CHECK(axis.outputs == 3);
    CHECK(axis.begin(2) == 4);
    CHECK(axis.end(2) == 7);
    CHECK(pool_axis::valid(6, 3, 2).outputs == 2);
    CHECK(pool_axis::valid(2, 3, 2).outputs == 0);
  }

  TEST_CASE("windows that keep the size reach over both ends, over the far one by one more") {
    const pool_axis axis = pool_axis::same(6, 3, 2);
    CHECK(axis.outputs == 3);
    CHECK(axis.begin(0) == 0);
    CHECK(axis.end(0) == 3);
    CHECK(axis.begin(2) == 4);
    CHECK(axis.end(2) == 6);
    const pool_axis wide = pool_axis::same(3, 5, 1);
    CHECK(wide.outputs == 3);
    CHECK(wide.end(0) == 3);
    CHECK(wide.begin(2) == 0);
  }

  TEST_CASE("one of each 2 x 2 is told apart from poolings that only look like it") {
    CHECK(pool2d_shape{pool_axis::valid(5, 2, 2), pool_axis::valid(4, 2, 2), 1}.takes_fours());
    CHECK(pool2d_shape{pool_axis::same(6, 2, 2), pool_axis::same(4, 2, 2), 1}.takes_fours());
    CHECK_FALSE(pool2d_shape{pool_axis::same(5, 2, 2), pool_axis::same(4, 2, 2), 1}.takes_fours());
    CHECK_FALSE(pool2d_shape{pool_axis::valid(6, 2, 1), pool_axis::valid(4, 2, 2), 1}.takes_fours());
    CHECK_FALSE(pool2d_shape{pool_axis::valid(6, 3, 2), pool_axis::valid(4, 2, 2), 1}.takes_fours());
  }

  TEST_CASE("every window is visited once, and its inputs in row-major order") {
    const pool2d_shape s{pool_axis::valid(3, 2, 1), pool_axis::valid(4, 2, 2), 2};
    std::vector<std::size_t> outputs;
    std::vector<std::size_t> inputs;
    espalier::kernels::for_each_window(s, [&](const auto& window) {
      outputs.push_back(window.output / espalier::kernels::lanes);
      if (outputs.size() == 8) {
        window.for_each_input(s, [&](std::size_t at) { inputs.push_back(at / espalier::kernels::lanes); });
      }
    });
    CHECK(outputs == std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6, 7});
    CHECK(inputs == std::vector<std::size_t>{13, 15, 21, 23});
  }
}
