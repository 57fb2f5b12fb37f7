// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/conv2d.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <vector>

#include <espalier/kernels/elementwise.hpp>
#include <espalier/kernels/max_pool2d.hpp>

#include "support/instruction_sets.hpp"
#include "support/lane_blocks.hpp"

namespace kernels = espalier::kernels;
using kernels::gradient_kind;

namespace {

const kernels::conv2d_shape shapes[] = {{8, 8, 1, 5, 5, 6, 2, 2, 2, 2},
                                        {7, 9, 3, 3, 3, 13},
                                        {9, 8, 2, 4, 2, 3},
                                        {3, 5, 17, 2, 1, 7},
                                        {6, 7, 1, 1, 6, 16},
                                        {4, 4, 5, 7, 7, 2, 3, 3, 3, 3},
                                        {12, 12, 6, 5, 5, 16},
                                        {9, 11, 2, 3, 2, 7, 0, 0, 0, 0, 2, 3},
                                        {8, 8, 3, 3, 3, 4, 0, 0, 1, 1, 2, 2},
                                        {9, 8, 2, 3, 3, 4, 1, 2, 1, 0, 1, 1, 2, 1},
                                        {5, 4, 40, 3, 3, 2}};

/// All results of one convolution, one after the other.
template <class T>
std::vector<T> everything(const kernels::conv2d_shape& s, bool together) {
  constexpr std::size_t blocks = 2;
  espalier::random_generator random(8);
  const auto kernel = support::random_numbers<T>(random, s.weights());
  const auto bias = support::random_numbers<T>(random, s.filters);
  const auto x = support::random_blocks<T>(random, s.inputs(), blocks);
  auto dy = support::random_blocks<T>(random, s.windows() * s.filters, blocks);
  // Some slopes are 0, as behind a rectifier, and the lanes of the last samples, as in a block that is not full.
  for (std::size_t i = 0; i < dy.size(); ++i) {
    dy[i] = i % 3 == 0 || i % 16 > 13 ? T{0} : dy[i];
  }
  std::vector<T> scratch(s.scratch());
  std::vector<T> y(dy.size());
  std::vector<T> dx(x.size());
  std::vector<T> gradient(2 * (s.weights() + s.filters));
  kernels::conv2d_pass<T> pass{kernel.data(), bias.data(), x.data(), dy.data(), blocks, scratch.data()};
  const kernels::conv2d_gradient<T> plain{gradient.data(), gradient.data() + s.weights()};
  const kernels::conv2d_gradient<T> squared{plain.bias + s.filters, plain.bias + s.filters + s.weights()};
  if (together) {
    std::vector<T> winners(y.size());
    kernels::conv2d_relu_pool_forward(s, pass, y.data(), winners.data());
    kernels::drop_losers<T>(winners.data(), dy.data(), dy.size());
    kernels::conv2d_backward_parameters<gradient_kind::plain, T>(s, pass, winners.data(), plain);
    kernels::conv2d_backward_parameters<gradient_kind::squared, T>(s, pass, winners.data(), squared);
    kernels::conv2d_backward_input<T>(s, pass, winners.data(), dx.data());
  } else {
    using kernels::pool_axis;
    const kernels::pool2d_shape pool{pool_axis::valid(s.output_height(), 2, 2),
                                     pool_axis::valid(s.output_width(), 2, 2), s.filters};
    std::vector<T> whole(s.outputs() * blocks * kernels::lanes);
    std::vector<T> d_whole(whole.size());
    kernels::conv2d_forward(s, pass, false, whole.data());
    kernels::relu_forward(whole.data(), whole.size());
    kernels::max_pool2d_forward<T>(pool, whole.data(), y.data(), blocks);
    kernels::max_pool2d_backward<T>(pool, whole.data(), dy.data(), d_whole.data(), blocks);
    kernels::relu_backward<T>(whole.data(), d_whole.data(), d_whole.size());
    pass.dy = d_whole.data();
    kernels::conv2d_backward_parameters<gradient_kind::plain, T>(s, pass, nullptr, plain);
    kernels::conv2d_backward_parameters<gradient_kind::squared, T>(s, pass, nullptr, squared);
    kernels::conv2d_backward_input<T>(s, pass, nullptr, dx.data());
  }
  for (const auto& more : {dx, gradient}) {
    y.insert(y.end(), more.begin(), more.end());
  }
  return y;
}

template <class T>
bool close(const std::vector<T>& a, const std::vector<T>& b, double tolerance) {
  bool result = a.size() == b.size();
  for (std::size_t i = 0; i < a.size(); ++i) {
    result &= static_cast<double>(a[i]) == doctest::Approx(static_cast<double>(b[i])).epsilon(tolerance).scale(1);
  }
  return result;
}

}  // namespace

TEST_SUITE("kernels") {
  TEST_CASE_TEMPLATE("convolution, rectifier and pooling together give what they give one by one", T, float, double) {
    support::with_each_instruction_set([&](kernels::instruction_set set) {
      CAPTURE(static_cast<int>(set));
      for (const auto& s : shapes) {
        CAPTURE(s.kernel_width);
        CHECK(close(everything<T>(s, true), everything<T>(s, false), sizeof(T) == 4 ? 1e-5 : 1e-13));
      }
    });
  }

  TEST_CASE_TEMPLATE("results are the same bits with AVX2 and AVX-512, and the same numbers with neither", T, float,
                     double) {
    for (const auto& s : shapes) {
      CAPTURE(s.kernel_width);
      std::map<kernels::instruction_set, std::vector<T>> results;
      support::with_each_instruction_set([&](kernels::instruction_set set) { results[set] = everything<T>(s, true); });
      for (const auto& [set, result] : results) {
        CHECK(close(result, results.begin()->second, sizeof(T) == 4 ? 1e-5 : 1e-13));
        if (set != kernels::instruction_set::portable) {
          CHECK(result == std::next(results.begin())->second);
        }
      }
    }
  }

  TEST_CASE("the first of equal outputs wins, none where all are negative, and what is not a number is not hidden") {
    const kernels::conv2d_shape s{2, 2, 1, 1, 1, 1};
    support::with_each_instruction_set([&](kernels::instruction_set) {
      const float kernel = 1;
      std::vector<float> x(64, 2.0F);
      x[48] = 3;                                            // sample 0: the last is the largest
      x[2] = x[18] = x[34] = x[50] = -1;                    // sample 2: all negative
      x[3 + 16] = std::numeric_limits<float>::quiet_NaN();  // sample 3
      x[4] = x[20] = x[36] = x[52] = 0;                     // sample 4: none is positive
      std::vector<float> y(16);
      std::vector<float> winners(16);
      std::vector<float> scratch(s.scratch());
      kernels::conv2d_relu_pool_forward<float>(s, {&kernel, nullptr, x.data(), nullptr, 1, scratch.data()}, y.data(),
                                               winners.data());
      const auto winner = [&](std::size_t sample) {
        std::int32_t value = 0;
        std::memcpy(&value, &winners[sample], sizeof(value));
        return value;
      };
      CHECK(y[0] == 3);
      CHECK(winner(0) == 3);
      CHECK(y[1] == 2);
      CHECK(winner(1) == 0);
      CHECK(y[2] == 0);
      CHECK(winner(2) == -1);
      CHECK(y[3] != y[3]);
      CHECK(y[4] == 0);
      CHECK(winner(4) == -1);
    });
  }
}
