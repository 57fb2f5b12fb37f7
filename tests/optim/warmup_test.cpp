// SPDX-License-Identifier: Apache-2.0
#include <espalier/optim/warmup.hpp>

#include <doctest/doctest.h>

#include <espalier/optim/cosine_rate.hpp>

static_assert(espalier::optim::learning_rate<espalier::optim::warmup<espalier::optim::cosine_rate>>);

namespace optim = espalier::optim;

TEST_SUITE("optim") {
  TEST_CASE("a rate that warms up grows along a line and then goes the other one's way") {
    const optim::warmup<optim::cosine_rate> rate{.steps = 4, .initial = 0.2, .rate = {.initial = 1, .final_rate = 0}};
    CHECK(rate(0, 24) == 0.2);
    CHECK(rate(2, 24) == doctest::Approx(0.6));
    CHECK(rate(4, 24) == 1);
    CHECK(rate(14, 24) == doctest::Approx(0.5));
    CHECK(rate(1, 2) == doctest::Approx(0.4));
  }

  TEST_CASE("without steps to grow it is the other one") {
    const optim::warmup<optim::cosine_rate> rate{.steps = 0};
    CHECK(rate(3, 10) == optim::cosine_rate{}(3, 10));
  }
}
