// SPDX-License-Identifier: Apache-2.0
#include <espalier/loss/binary_cross_entropy.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "support/check_loss.hpp"

namespace loss = espalier::loss;

TEST_SUITE("loss") {
  TEST_CASE("the loss is that of the sigmoid's probabilities, with the gradient of finite differences") {
    support::answers_under_test<double> test(2);
    const auto answers = test.with_targets();
    double expected = 0;
    for (std::size_t sample = 0; sample < test.samples; ++sample) {
      for (std::size_t o = 0; o < 2; ++o) {
        const std::size_t place = support::place(sample, o, 2);
        const double p = 1 / (1 + std::exp(-test.scores[place]));
        const double t = 0.9 * test.targets[place] + 0.05;
        expected -= (t * std::log(p) + (1 - t) * std::log(1 - p)) / 2;
      }
    }
    const loss::binary_cross_entropy smooth{.label_smoothing = 0.1};
    CHECK(smooth.sum(answers) == doctest::Approx(expected).epsilon(1e-13));
    support::check_loss(smooth, test, answers);
  }

  TEST_CASE("a single score tells class 1 from class 0; labels say nothing of several scores") {
    support::answers_under_test<double> test(1);
    support::check_loss(loss::binary_cross_entropy{}, test, test.with_labels());
    CHECK(loss::classes_of<loss::binary_cross_entropy>(1) == 2);
    CHECK(loss::classes_of<loss::binary_cross_entropy>(2) == 0);
  }

  TEST_CASE_TEMPLATE("certain answers neither overflow nor vanish", T, float, double) {
    std::vector<T> scores(16);
    scores[0] = 500;
    scores[1] = -500;
    const std::vector<std::uint32_t> labels{0, 1};
    std::vector<T> gradient(16);
    CHECK(loss::binary_cross_entropy{}.gradient(loss::answers<T>{scores.data(), 1, labels}, T{1}, gradient.data()) ==
          1000);
    CHECK(gradient[0] == 1);
    CHECK(gradient[1] == -1);
  }

  TEST_CASE("a smoothing out of range is refused") {
    const support::answers_under_test<double> test(1);
    CHECK_THROWS_WITH_AS(loss::binary_cross_entropy{.label_smoothing = 1.5}.sum(test.with_targets()),
                         "espalier::loss::binary_cross_entropy: got label_smoothing 1.500000, expected 0 to 1",
                         espalier::argument_error);
  }
}
