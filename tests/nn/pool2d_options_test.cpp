// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/pool2d_options.hpp>

#include <doctest/doctest.h>

namespace nn = espalier::nn;

TEST_SUITE("nn") {
  TEST_CASE("windows touch unless strides say otherwise") {
    const auto touching = nn::detail::pool2d_shape({.pool = {2, 3}}, {7, 7, 1}, {"pool", "p"});
    CHECK(touching.lines.outputs == 3);
    CHECK(touching.columns.outputs == 2);
    const auto overlapping = nn::detail::pool2d_shape({.pool = {2, 3}, .strides = {1, 0}}, {7, 7, 1}, {"pool", "p"});
    CHECK(overlapping.lines.outputs == 6);
    CHECK(overlapping.columns.outputs == 2);
  }

  TEST_CASE("with padding an image may be smaller than the window") {
    const nn::pool2d_options options{.pool = {5, 5}, .strides = {1, 1}, .padding = nn::padding::same};
    CHECK(nn::detail::pool2d_shape(options, {3, 3, 2}, {"pool", "p"}).outputs() == 18);
  }
}
