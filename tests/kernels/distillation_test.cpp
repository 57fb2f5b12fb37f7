// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/distillation.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

#include "support/check_loss.hpp"

namespace kernels = espalier::kernels;

TEST_SUITE("kernels") {
  TEST_CASE("numbers of both sizes give the same loss and gradient up to rounding") {
    const support::answers_under_test<double> exact(6);
    const std::vector<float> scores(exact.scores.begin(), exact.scores.end());
    const std::vector<float> targets(exact.targets.begin(), exact.targets.end());
    std::vector<double> gradient(scores.size(), 9);
    std::vector<float> rounded(scores.size(), 9);
    const kernels::answers<double> a{exact.scores.data(), 6, exact.labels, exact.targets.data(), {}, exact.samples};
    const kernels::answers<float> b{scores.data(), 6, exact.labels, targets.data(), {}, exact.samples};
    CHECK(kernels::distillation<float>(b, {3, 0.25F}, 0.5F, rounded.data()) ==
          doctest::Approx(kernels::distillation<double>(a, {3, 0.25}, 0.5, gradient.data())).epsilon(1e-5));
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      CHECK(static_cast<double>(rounded[i]) == doctest::Approx(gradient[i]).epsilon(1e-5).scale(1));
    }
  }
}
