// SPDX-License-Identifier: Apache-2.0
#include <espalier/loss/mean_absolute_error.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "support/check_loss.hpp"

namespace loss = espalier::loss;

TEST_SUITE("loss") {
  TEST_CASE("the loss is the mean size of errors, with the gradient of finite differences") {
    support::answers_under_test<double> test(3);
    const auto answers = test.with_targets();
    double expected = 0;
    for (std::size_t sample = 0; sample < test.samples; ++sample) {
      for (std::size_t o = 0; o < 3; ++o) {
        const std::size_t place = support::place(sample, o, 3);
        expected += std::abs(test.scores[place] - test.targets[place]) / 3;
      }
    }
    CHECK(loss::mean_absolute_error{}.sum(answers) == doctest::Approx(expected).epsilon(1e-13));
    support::check_loss(loss::mean_absolute_error{}, test, answers);
  }

  TEST_CASE("the gradient of no error is 0, that of what is not a number is not hidden") {
    support::answers_under_test<double> test(1);
    test.scores[0] = test.targets[0];
    test.scores[1] = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> gradient(test.scores.size());
    CHECK(std::isnan(loss::mean_absolute_error{}.gradient(test.with_targets(), 1.0, gradient.data())));
    CHECK(gradient[0] == 0);
    CHECK(std::isnan(gradient[1]));
  }
}
