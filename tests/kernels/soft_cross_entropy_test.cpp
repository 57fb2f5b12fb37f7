// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/soft_cross_entropy.hpp>

#include <doctest/doctest.h>

#include <vector>

#include <espalier/kernels/cross_entropy.hpp>

#include "support/check_loss.hpp"

namespace kernels = espalier::kernels;

TEST_SUITE("kernels") {
  TEST_CASE_TEMPLATE("without smoothing labels give what the plain cross-entropy gives", T, float, double) {
    const support::answers_under_test<T> test(5);
    const auto answers = test.with_labels();
    std::vector<T> soft(test.scores.size());
    std::vector<T> plain(test.scores.size());
    const double tolerance = sizeof(T) == 4 ? 1e-6 : 1e-13;
    CHECK(kernels::soft_cross_entropy(answers, T{0}, T{1}, soft.data()) ==
          doctest::Approx(kernels::cross_entropy_gradient(answers, T{1}, plain.data())).epsilon(tolerance));
    for (std::size_t i = 0; i < soft.size(); ++i) {
      CHECK(static_cast<double>(soft[i]) == doctest::Approx(static_cast<double>(plain[i])).epsilon(tolerance).scale(1));
    }
  }

  TEST_CASE("probabilities of a softmax give what its scores give") {
    support::answers_under_test<double> test(4);
    const double from_scores = kernels::soft_cross_entropy<double>(test.with_labels(), 0.1, 1, nullptr);
    for (double& score : test.scores) {
      score = 3 * std::exp(score);  // only divided by their sum are they probabilities
    }
    CHECK(kernels::probability_cross_entropy<double>(test.with_labels(), 0.1, 1, nullptr) ==
          doctest::Approx(from_scores).epsilon(1e-13));
  }
}
