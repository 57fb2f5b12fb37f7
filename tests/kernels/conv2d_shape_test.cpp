// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/conv2d_shape.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

TEST_SUITE("kernels") {
  TEST_CASE("the sizes of a convolution follow from those of image, kernel and border") {
    constexpr espalier::kernels::conv2d_shape s{28, 30, 3, 5, 4, 6, 2, 1, 2, 2};
    CHECK(s.output_height() == 28);
    CHECK(s.output_width() == 30);
    CHECK(s.inputs() == 28 * 30 * 3);
    CHECK(s.outputs() == 28 * 30 * 6);
    CHECK(s.windows() == 14 * 15);
    CHECK(s.weights() == 5 * 4 * 3 * 6);
    CHECK(s.padded());
    CHECK(s.gradient_left() == 2);
    CHECK(s.gradient_width() == 33);
    constexpr espalier::kernels::conv2d_shape valid{5, 7, 1, 3, 3, 1};
    CHECK_FALSE(valid.padded());
    CHECK(valid.output_height() == 3);
    CHECK(valid.output_width() == 5);
    CHECK(valid.windows() == 2);
    constexpr espalier::kernels::conv2d_shape strided{7, 9, 1, 3, 2, 1, 0, 0, 0, 0, 2, 3};
    CHECK(strided.scattered());
    CHECK_FALSE(s.scattered());
    CHECK(strided.output_height() == 3);
    CHECK(strided.output_width() == 3);
    CHECK(strided.gradient_height() == 5);
    constexpr espalier::kernels::conv2d_shape dilated{7, 9, 2, 3, 2, 1, 0, 0, 0, 0, 1, 1, 3, 4};
    CHECK(dilated.output_height() == 1);
    CHECK(dilated.output_width() == 5);
    CHECK(dilated.columns().size() == 12);
    CHECK(dilated.line() == 24);
    CHECK(dilated.gradient_width() == 13);
  }

  TEST_CASE("columns that a dilated kernel sees lie side by side, and outputs come in runs of equal steps") {
    for (const std::size_t dilation : {1U, 2U, 3U, 4U}) {
      const auto order = espalier::kernels::column_order::of(11, dilation);
      for (std::size_t column = 0; column + dilation < 11; ++column) {
        CHECK(order.place(column) < order.size());
        CHECK(order.place(column + dilation) == order.place(column) + 1);
      }
      for (const std::size_t stride : {1U, 2U, 3U}) {
        const std::size_t outputs = 10 / stride;
        std::vector<std::size_t> seen(outputs, 99);
        order.for_each_run(outputs, stride, [&](const espalier::kernels::column_order::run& run) {
          for (std::size_t i = 0; i < run.count; ++i) {
            seen.at(run.first + i * run.step) = run.place + i * run.apart;
          }
        });
        for (std::size_t output = 0; output < outputs; ++output) {
          CHECK(seen[output] == order.place(output * stride));
        }
      }
    }
  }
}
