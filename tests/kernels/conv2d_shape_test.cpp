// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/conv2d_shape.hpp>

#include <doctest/doctest.h>

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
    CHECK(strided.strided());
    CHECK(strided.output_height() == 3);
    CHECK(strided.output_width() == 3);
    CHECK(strided.gradient_height() == 5);
  }
}
