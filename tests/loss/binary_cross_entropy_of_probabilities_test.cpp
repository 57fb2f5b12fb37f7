// SPDX-License-Identifier: Apache-2.0
#include <espalier/loss/binary_cross_entropy_of_probabilities.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "support/check_loss.hpp"

namespace loss = espalier::loss;

TEST_SUITE("loss") {
  TEST_CASE("the loss is that of the outputs as probabilities, with the gradient of finite differences") {
    support::answers_under_test<double> test(2);
    const auto answers = test.with_targets();
    double expected = 0;
    for (std::size_t sample = 0; sample < test.samples; ++sample) {
      for (std::size_t o = 0; o < 2; ++o) {
        const std::size_t place = support::place(sample, o, 2);
        const double p = test.scores[place];
        const double t = 0.9 * test.targets[place] + 0.05;
        expected -= (t * std::log(p) + (1 - t) * std::log(1 - p)) / 2;
      }
    }
    const loss::binary_cross_entropy_of_probabilities smooth{.label_smoothing = 0.1};
    CHECK(smooth.sum(answers) == doctest::Approx(expected).epsilon(1e-6));
    support::check_loss(smooth, test, answers);
  }

  TEST_CASE("what is cut off has a large loss and no gradient") {
    support::answers_under_test<double> test(1);
    test.scores[0] = 1;
    test.labels[0] = 0;
    std::vector<double> gradient(test.scores.size());
    CHECK(loss::binary_cross_entropy_of_probabilities{}.gradient(test.with_labels(), 1.0, gradient.data()) > 15);
    CHECK(gradient[0] == 0);
  }
}
