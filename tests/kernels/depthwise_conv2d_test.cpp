// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/depthwise_conv2d.hpp>

#include <doctest/doctest.h>

#include <vector>

#include <espalier/kernels/conv2d.hpp>

#include "support/lane_blocks.hpp"

namespace kernels = espalier::kernels;

TEST_SUITE("kernels") {
  TEST_CASE_TEMPLATE("with one channel it is a convolution", T, float, double) {
    kernels::conv2d_shape s{5, 6, 1, 3, 2, 4};
    s.pad_top = 1;
    s.pad_right = 1;
    s.stride_down = 2;
    s.dilation_across = 3;
    espalier::random_generator random(2);
    const auto x = support::random_blocks<T>(random, s.inputs(), 2);
    const auto dy = support::random_blocks<T>(random, s.outputs(), 2);
    const auto kernel = support::random_numbers<T>(random, s.weights());
    const auto bias = support::random_numbers<T>(random, 4);
    std::vector<T> scratch(s.scratch());
    const kernels::conv2d_pass<T> pass{kernel.data(), bias.data(), x.data(), dy.data(), 2, scratch.data()};
    const auto check = [](const std::vector<T>& a, const std::vector<T>& b) {
      for (std::size_t i = 0; i < a.size(); ++i) {
        CHECK(static_cast<double>(a[i]) ==
              doctest::Approx(static_cast<double>(b[i])).epsilon(sizeof(T) == 4 ? 1e-4 : 1e-12).scale(1));
      }
    };
    std::vector<T> y(dy.size());
    std::vector<T> expected(dy.size());
    kernels::depthwise_conv2d_forward(s, pass, y.data());
    kernels::conv2d_forward(s, pass, false, expected.data());
    check(y, expected);
    std::vector<T> dx(x.size());
    std::vector<T> expected_dx(x.size());
    kernels::depthwise_conv2d_backward_input(s, pass, dx.data());
    kernels::conv2d_backward_input<T>(s, pass, expected_dx.data());
    check(dx, expected_dx);
    using kernels::gradient_kind;
    std::vector<T> gradient(s.weights() + 4, T{1});
    std::vector<T> expected_gradient = gradient;
    kernels::depthwise_conv2d_backward_parameters<gradient_kind::squared, T>(
        s, pass, {gradient.data(), gradient.data() + s.weights()});
    kernels::conv2d_backward_parameters<gradient_kind::squared, T>(
        s, pass, {expected_gradient.data(), expected_gradient.data() + s.weights()});
    check(gradient, expected_gradient);
  }
}
