// SPDX-License-Identifier: Apache-2.0
#include <espalier/optim/cosine_rate.hpp>

#include <doctest/doctest.h>

TEST_SUITE("optim") {
  TEST_CASE("a cosine rate begins at its first value, passes the middle half way and ends close to its last") {
    const espalier::optim::cosine_rate rate{.initial = 1, .final_rate = 0.2};
    CHECK(rate(0, 100) == 1);
    CHECK(rate(50, 100) == doctest::Approx(0.6));
    CHECK(rate(99, 100) == doctest::Approx(0.2).epsilon(2e-3));
    for (std::size_t step = 1; step < 100; ++step) {
      CHECK(rate(step, 100) < rate(step - 1, 100));
    }
  }
}
