// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/cross_entropy.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "support/lane_blocks.hpp"

namespace kernels = espalier::kernels;

TEST_SUITE("kernels") {
  TEST_CASE("exponentials are right to a few units in the last place, over their whole range") {
    for (int i = 0; i < 87000; ++i) {
      const float x = -0.001F * static_cast<float>(i);
      const kernels::detail::numbers<float> all{x, x, 0, -1000};
      const auto y = kernels::detail::exponential<float>(all);
      const double expected = std::exp(static_cast<double>(x));
      if (std::abs(static_cast<double>(y[0]) - expected) > 2e-7 * expected || y[1] != y[0]) {
        CAPTURE(x);
        CHECK(static_cast<double>(y[0]) == expected);
      }
      if (y[2] != 1 || y[3] > 1.7e-38F) {
        CHECK(y[2] == 1);
        CHECK(y[3] == 0);
      }
    }
  }

  TEST_CASE_TEMPLATE("right answers are counted, the lowest class of equal scores", T, float, double) {
    espalier::random_generator random(4);
    constexpr std::size_t classes = 5;
    auto scores = support::random_blocks<T>(random, classes, 2);
    std::vector<std::uint32_t> labels;
    std::size_t right = 0;
    for (std::size_t sample = 0; sample < 29; ++sample) {
      labels.push_back(static_cast<std::uint32_t>(random.below(classes)));
      std::size_t best = 0;
      for (std::size_t c = 0; c < classes; ++c) {
        T& score = scores[support::place(sample, c, classes)];
        score = std::round(score * 2);  // ties
        best = score > scores[support::place(sample, best, classes)] ? c : best;
      }
      right += best == labels.back() ? 1U : 0U;
    }
    CHECK(kernels::count_right(kernels::answers<T>{scores.data(), classes, labels}, T{0}) ==
          static_cast<double>(right));
    CHECK(right > 0);
  }

  TEST_CASE("a single score above the threshold says class 1, and samples count by their weight") {
    const std::vector<double> scores{0.5, 0.6, 0.4, 0.7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    const std::vector<std::uint32_t> labels{0, 1, 1, 1};
    const std::vector<double> weights{1, 2, 4, 8};
    kernels::answers<double> answers{scores.data(), 1, labels};
    CHECK(kernels::count_right(answers, 0.5) == 3);
    CHECK(kernels::count_right(answers, 0.0) == 3);
    answers.weights = weights;
    CHECK(kernels::count_right(answers, 0.5) == 11);
  }
}
