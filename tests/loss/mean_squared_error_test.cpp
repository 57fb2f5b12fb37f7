// SPDX-License-Identifier: Apache-2.0
#include <espalier/loss/mean_squared_error.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "support/check_loss.hpp"

namespace loss = espalier::loss;

TEST_SUITE("loss") {
  TEST_CASE("the loss is the mean square of errors, with the gradient of finite differences") {
    support::answers_under_test<double> test(3);
    const auto answers = test.with_targets();
    double expected = 0;
    for (std::size_t sample = 0; sample < test.samples; ++sample) {
      for (std::size_t o = 0; o < 3; ++o) {
        const std::size_t place = support::place(sample, o, 3);
        expected += std::pow(test.scores[place] - test.targets[place], 2) / 3;
      }
    }
    CHECK(loss::mean_squared_error{}.sum(answers) == doctest::Approx(expected).epsilon(1e-13));
    support::check_loss(loss::mean_squared_error{}, test, answers);
  }

  TEST_CASE("it needs targets, and the outputs themselves") {
    CHECK(loss::classes_of<loss::mean_squared_error>(3) == 0);
    CHECK(loss::takes_targets<loss::mean_squared_error>());
    CHECK(loss::scores_of<loss::mean_squared_error>() == espalier::kernels::score_kind::outputs);
  }
}
