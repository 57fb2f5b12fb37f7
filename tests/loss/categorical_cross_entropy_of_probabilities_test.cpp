// SPDX-License-Identifier: Apache-2.0
#include <espalier/loss/categorical_cross_entropy_of_probabilities.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "support/check_loss.hpp"

namespace loss = espalier::loss;

TEST_SUITE("loss") {
  TEST_CASE("the loss is that of outputs divided by their sum, with the gradient of finite differences") {
    support::answers_under_test<double> test(3);
    const auto answers = test.with_labels();
    double expected = 0;
    for (std::size_t sample = 0; sample < test.samples; ++sample) {
      double total = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        total += test.scores[support::place(sample, c, 3)];
      }
      expected -= std::log(test.scores[support::place(sample, test.labels[sample], 3)] / total);
    }
    const loss::categorical_cross_entropy_of_probabilities plain{};
    CHECK(plain.sum(answers) == doctest::Approx(expected).epsilon(1e-13));
    support::check_loss(plain, test, answers);
    const loss::categorical_cross_entropy_of_probabilities smooth{.label_smoothing = 0.2};
    support::check_loss(smooth, test, test.with_targets());
  }

  TEST_CASE("what is cut off has a large loss and no gradient") {
    support::answers_under_test<double> test(2);
    test.scores[support::place(0, 0, 2)] = 0;
    test.scores[support::place(0, 1, 2)] = 1;
    test.labels[0] = 0;
    std::vector<double> gradient(test.scores.size());
    const loss::categorical_cross_entropy_of_probabilities plain{};
    CHECK(plain.gradient(test.with_labels(), 1.0, gradient.data()) > 16);
    CHECK(gradient[0] == 0);
    CHECK(gradient[16] == 0);
  }
}
