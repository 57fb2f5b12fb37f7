// SPDX-License-Identifier: Apache-2.0
#include <espalier/optim/nadam.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <span>
#include <vector>

namespace optim = espalier::optim;

TEST_SUITE("optim") {
  TEST_CASE_TEMPLATE("steps follow the formula, with the means and products computed from scratch", T, float, double) {
    std::vector<T> weights{1};
    optim::nadam::state<T> state({.beta_1 = 0.8, .beta_2 = 0.9}, 1);
    double expected = 1;
    double mean = 0;
    double square = 0;
    const auto share = [](int step) { return 0.8 * (1 - 0.5 * std::pow(0.96, step)); };
    for (int step = 1; step <= 10; ++step) {
      const std::vector<T> gradients{static_cast<T>(0.25 * (step % 3) - 0.125)};
      state.begin_step(0.1);
      state.update(0, weights, gradients);
      const auto g = static_cast<double>(gradients[0]);
      mean = 0.8 * mean + 0.2 * g;
      square = 0.9 * square + 0.1 * g * g;
      double product = 1;
      for (int i = 1; i <= step; ++i) {
        product *= share(i);
      }
      const double ahead = share(step + 1);
      const double push = ahead * mean / (1 - product * ahead) + (1 - share(step)) * g / (1 - product);
      expected -= 0.1 * push / (std::sqrt(square / (1 - std::pow(0.9, step))) + 1e-7);
      CHECK(static_cast<double>(weights[0]) == doctest::Approx(expected).epsilon(sizeof(T) == 4 ? 1e-5 : 1e-12));
    }
  }

  TEST_CASE("settings out of range are refused") {
    CHECK_THROWS_AS((optim::nadam::state<double>({.beta_1 = 1}, 1)), espalier::argument_error);
    CHECK_THROWS_AS((optim::nadam::state<double>({.beta_2 = 1}, 1)), espalier::argument_error);
    CHECK_THROWS_WITH_AS((optim::nadam::state<double>({.epsilon = 0}, 1)),
                         "espalier::optim::nadam: got epsilon 0.000000, expected a positive number",
                         espalier::argument_error);
  }
}
