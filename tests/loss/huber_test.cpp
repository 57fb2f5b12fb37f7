// SPDX-License-Identifier: Apache-2.0
#include <espalier/loss/huber.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "support/check_loss.hpp"

namespace loss = espalier::loss;

TEST_SUITE("loss") {
  TEST_CASE("small errors count by their square, large ones by their size, and there is no jump between them") {
    support::answers_under_test<double> test(1);
    for (const auto& [error, expected] :
         std::vector<std::pair<double, double>>{{0.1, 0.005}, {-0.25, 0.03125}, {0.5, 0.09375}, {-2, 0.46875}}) {
      test.scores[0] = test.targets[0] + error;
      auto first = test.with_targets();
      first.count = 1;
      CHECK(loss::huber{.delta = 0.25}.sum(first) == doctest::Approx(expected));
    }
  }

  TEST_CASE("its gradient is that of finite differences") {
    support::answers_under_test<double> test(3);
    support::check_loss(loss::huber{.delta = 0.25}, test, test.with_targets());
  }

  TEST_CASE("a setting out of range is refused") {
    const support::answers_under_test<double> test(1);
    CHECK_THROWS_WITH_AS(loss::huber{.delta = 0}.sum(test.with_targets()),
                         "espalier::loss::huber: got delta 0.000000, expected a positive number",
                         espalier::argument_error);
  }
}
