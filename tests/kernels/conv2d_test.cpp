// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/conv2d.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include <espalier/kernels/average_pool2d.hpp>
#include <espalier/kernels/elementwise.hpp>
#include <espalier/kernels/max_pool2d.hpp>

#include "support/instruction_sets.hpp"
#include "support/lane_blocks.hpp"

namespace kernels = espalier::kernels;
using kernels::gradient_kind;
using kernels::pool_kind;

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
                                        // More filters, or lines, than are summed lane by lane at once.
                                        {5, 4, 40, 3, 3, 13},
                                        {11, 21, 1, 2, 2, 3},
                                        {14, 13, 1, 3, 3, 2, 0, 0, 0, 0}};

/// Which weights of a kernel are 0, and whether passes skip them.
struct dead_weights {
  std::uint64_t of_ten = 0;
  bool skipped = false;

  [[nodiscard]] std::vector<std::uint8_t> mask(std::size_t weights) const {
    espalier::random_generator random(3);
    std::vector<std::uint8_t> result(weights);
    for (auto& live : result) {
      live = random.below(10) < of_ten ? 0 : 1;
    }
    return result;
  }
};

/// All results of one convolution, one after the other; gradients of dead weights count as 0.
template <class T>
std::vector<T> everything(const kernels::conv2d_shape& s, pool_kind kind, bool together, dead_weights dead = {}) {
  constexpr std::size_t blocks = 2;
  espalier::random_generator random(8);
  auto kernel = support::random_numbers<T>(random, s.weights());
  const auto mask = dead.mask(s.weights());
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    kernel[i] = mask[i] == 0 ? T{0} : kernel[i];
  }
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
  const auto live = kernels::conv2d_live_weights<T>(s, mask);
  pass.live = dead.skipped ? &live : nullptr;
  pass.only_live = dead.skipped;
  const kernels::conv2d_gradient<T> plain{gradient.data(), gradient.data() + s.weights()};
  const kernels::conv2d_gradient<T> squared{plain.bias + s.filters, plain.bias + s.filters + s.weights()};
  if (together) {
    std::vector<T> marks(y.size());
    pass.pool = kind;
    pass.marks = marks.data();
    kernels::conv2d_relu_pool_forward(s, pass, y.data());
    kernels::conv2d_backward_parameters<gradient_kind::plain, T>(s, pass, plain);
    kernels::conv2d_backward_parameters<gradient_kind::squared, T>(s, pass, squared);
    kernels::conv2d_backward_input<T>(s, pass, dx.data());
  } else {
    using kernels::pool_axis;
    const kernels::pool2d_shape pool{pool_axis::valid(s.output_height(), 2, 2),
                                     pool_axis::valid(s.output_width(), 2, 2), s.filters};
    std::vector<T> whole(s.outputs() * blocks * kernels::lanes);
    std::vector<T> d_whole(whole.size());
    kernels::conv2d_forward(s, pass, false, whole.data());
    kernels::relu_forward(whole.data(), whole.size());
    if (kind == pool_kind::mean) {
      kernels::average_pool2d_forward<T>(pool, whole.data(), y.data(), blocks);
      kernels::average_pool2d_backward<T>(pool, dy.data(), d_whole.data(), blocks);
    } else {
      kernels::max_pool2d_forward<T>(pool, whole.data(), y.data(), blocks);
      kernels::max_pool2d_backward<T>(pool, whole.data(), dy.data(), d_whole.data(), blocks);
    }
    kernels::relu_backward<T>(whole.data(), d_whole.data(), d_whole.size());
    pass.dy = d_whole.data();
    kernels::conv2d_backward_parameters<gradient_kind::plain, T>(s, pass, plain);
    kernels::conv2d_backward_parameters<gradient_kind::squared, T>(s, pass, squared);
    kernels::conv2d_backward_input<T>(s, pass, dx.data());
  }
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    gradient[i] = mask[i] == 0 ? T{0} : gradient[i];
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

/// What becomes of 2 x 2 numbers of 16 samples, and which of the four are marked.
std::pair<std::vector<float>, std::vector<std::int32_t>> pooled(const std::vector<float>& x, pool_kind kind) {
  const kernels::conv2d_shape s{2, 2, 1, 1, 1, 1};
  const float kernel = 1;
  std::vector<float> y(16);
  std::vector<float> numbers(16);
  std::vector<float> scratch(s.scratch());
  kernels::conv2d_relu_pool_forward<float>(
      s, {&kernel, nullptr, x.data(), nullptr, 1, scratch.data(), kind, numbers.data()}, y.data());
  std::vector<std::int32_t> marks(16);
  std::memcpy(marks.data(), numbers.data(), 64);
  return {y, marks};
}

}  // namespace

TEST_SUITE("kernels") {
  TEST_CASE_TEMPLATE("convolution, rectifier and pooling together give what they give one by one", T, float, double) {
    support::with_each_instruction_set([&](kernels::instruction_set set) {
      CAPTURE(static_cast<int>(set));
      for (const auto& s : shapes) {
        CAPTURE(s.kernel_width);
        const double tolerance = sizeof(T) == 4 ? 1e-5 : 1e-13;
        CHECK(
            close(everything<T>(s, pool_kind::largest, true), everything<T>(s, pool_kind::largest, false), tolerance));
        // Means share their gradients in the order in which outputs stand.
        CHECK(everything<T>(s, pool_kind::mean, true) == everything<T>(s, pool_kind::mean, false));
      }
    });
  }

  TEST_CASE_TEMPLATE("results are the same bits with AVX2 and AVX-512, and the same numbers with neither", T, float,
                     double) {
    for (const auto kind : {pool_kind::largest, pool_kind::mean}) {
      for (const auto& s : shapes) {
        CAPTURE(s.kernel_width);
        std::map<kernels::instruction_set, std::vector<T>> results;
        support::with_each_instruction_set(
            [&](kernels::instruction_set set) { results[set] = everything<T>(s, kind, true); });
        for (const auto& [set, result] : results) {
          CHECK(close(result, results.begin()->second, sizeof(T) == 4 ? 1e-5 : 1e-13));
          if (set != kernels::instruction_set::portable) {
            CHECK(result == std::next(results.begin())->second);
          }
        }
      }
    }
  }

  TEST_CASE_TEMPLATE("weights that are 0 can be skipped: results are the same bits", T, float, double) {
    support::with_each_instruction_set([](kernels::instruction_set set) {
      CAPTURE(static_cast<int>(set));
      for (const auto& s : shapes) {
        CAPTURE(s.kernel_width);
        for (const std::uint64_t of_ten : {1U, 5U, 9U, 10U}) {
          for (const auto kind : {pool_kind::largest, pool_kind::mean}) {
            for (const bool together : {true, false}) {
              CHECK(everything<T>(s, kind, together, {of_ten, true}) == everything<T>(s, kind, together, {of_ten}));
            }
          }
        }
      }
    });
  }

  TEST_CASE_TEMPLATE("a sample by itself gives the same bits as in a block, in all lanes", T, float, double) {
    support::with_each_instruction_set([](kernels::instruction_set) {
      for (const auto& s : shapes) {
        espalier::random_generator random(8);
        const auto kernel = support::random_numbers<T>(random, s.weights());
        const auto bias = support::random_numbers<T>(random, s.filters);
        const auto x = support::random_blocks<T>(random, s.inputs(), 1);
        std::vector<T> scratch(s.scratch());
        const auto run = [&](int kind, bool single) {
          std::vector<T> y((kind >= 2 ? s.windows() * s.filters : s.outputs()) * kernels::lanes, T{7});
          std::vector<T> own(s.forward_scratch(), T{9});
          const kernels::conv2d_pass<T> p{kernel.data(),
                                          kind == 1 ? nullptr : bias.data(),
                                          x.data(),
                                          nullptr,
                                          1,
                                          single ? own.data() : scratch.data(),
                                          kind == 3 ? kernels::pool_kind::mean : kernels::pool_kind::largest,
                                          nullptr,
                                          single};
          if (kind >= 2) {
            kernels::conv2d_relu_pool_forward<T>(s, p, y.data());
          } else {
            kernels::conv2d_forward(s, p, kind == 1, y.data());
          }
          return y;
        };
        for (int kind = 0; kind < (s.dilation_across == 1 ? 4 : 2); ++kind) {
          const auto block = run(kind, false);
          const auto single = run(kind, true);
          bool same = block.size() == single.size();
          for (std::size_t i = 0; i < block.size(); ++i) {
            same &= single[i] == block[i / kernels::lanes * kernels::lanes];
          }
          CHECK(same);
        }
      }
    });
  }

  TEST_CASE("of what is positive the first of the largest is marked, or all; what is not a number is not hidden") {
    support::with_each_instruction_set([&](kernels::instruction_set) {
      std::vector<float> x(64, 2.0F);
      x[48] = 3;                                            // sample 0: the last is the largest
      x[2] = x[18] = x[34] = x[50] = -1;                    // sample 2: all negative
      x[3 + 16] = std::numeric_limits<float>::quiet_NaN();  // sample 3
      x[4] = x[20] = x[36] = x[52] = 0;                     // sample 4: none is positive
      x[5] = x[37] = -1;                                    // sample 5: the first and the third are negative
      const auto [largest, winners] = pooled(x, pool_kind::largest);
      CHECK(largest[0] == 3);
      CHECK(winners[0] == 8);
      CHECK(largest[1] == 2);
      CHECK(winners[1] == 1);
      CHECK(largest[2] == 0);
      CHECK(winners[2] == 0);
      CHECK(largest[3] != largest[3]);
      CHECK(largest[4] == 0);
      CHECK(winners[4] == 0);
      CHECK(winners[5] == 2);
      const auto [mean, positive] = pooled(x, pool_kind::mean);
      CHECK(mean[0] == 2.25);
      CHECK(positive[0] == 15);
      CHECK(mean[2] == 0);
      CHECK(positive[2] == 0);
      CHECK(mean[3] != mean[3]);
      CHECK(positive[4] == 0);
      CHECK(mean[5] == 1);
      CHECK(positive[5] == 10);
    });
  }
}
