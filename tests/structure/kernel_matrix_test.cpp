// SPDX-License-Identifier: Apache-2.0
#include <espalier/structure/kernel_matrix.hpp>

#include <doctest/doctest.h>

using espalier::structure::kernel_matrix;

TEST_SUITE("structure") {
  TEST_CASE("the last axis holds the outputs and the one before it the channels") {
    const kernel_matrix dense(espalier::extents{16, 64});
    CHECK(dense.inputs == 16);
    CHECK(dense.outputs == 64);
    CHECK(dense.channels == 16);
    const kernel_matrix conv1d(espalier::extents{3, 4, 8});
    CHECK(conv1d.inputs == 12);
    CHECK(conv1d.outputs == 8);
    CHECK(conv1d.channels == 4);
    const kernel_matrix conv2d(espalier::extents{5, 5, 6, 16});
    CHECK(conv2d.inputs == 150);
    CHECK(conv2d.outputs == 16);
    CHECK(conv2d.channels == 6);
    CHECK(conv2d.weights() == 2400);
  }

  TEST_CASE("a kernel that is empty or has one axis is no matrix") {
    CHECK_THROWS_AS(kernel_matrix(espalier::extents{}), espalier::shape_error);
    CHECK_THROWS_AS(kernel_matrix(espalier::extents{5}), espalier::shape_error);
    CHECK_THROWS_AS(kernel_matrix(espalier::extents{0, 5}), espalier::shape_error);
  }
}
