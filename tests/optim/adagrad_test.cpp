// SPDX-License-Identifier: Apache-2.0
#include <espalier/optim/adagrad.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <span>
#include <vector>

namespace optim = espalier::optim;

TEST_SUITE("optim") {
  TEST_CASE_TEMPLATE("steps get shorter as the squares of gradients add up", T, float, double) {
    std::vector<T> weights{0};
    const std::vector<T> gradients{2};
    optim::adagrad::state<T> state({.initial_sum = 0, .epsilon = 1e-12}, 1);
    double expected = 0;
    for (int step = 1; step <= 10; ++step) {
      state.begin_step(0.5);
      state.update(0, weights, gradients);
      expected -= 0.5 / std::sqrt(step);
      CHECK(weights[0] == doctest::Approx(expected).epsilon(1e-5));
    }
  }

  TEST_CASE("settings out of range are refused") {
    CHECK_THROWS_WITH_AS((optim::adagrad::state<double>({.initial_sum = -1}, 1)),
                         "espalier::optim::adagrad: got initial_sum -1.000000, expected 0 or more",
                         espalier::argument_error);
    CHECK_THROWS_AS((optim::adagrad::state<double>({.epsilon = -1}, 1)), espalier::argument_error);
  }
}
