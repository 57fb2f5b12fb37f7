// SPDX-License-Identifier: Apache-2.0
#include <espalier/optim/adam.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "support/lane_blocks.hpp"

namespace optim = espalier::optim;

namespace {

template <class T>
void check_against_formula(const optim::adam& settings, std::size_t count) {
  espalier::random_generator random(6);
  auto weights = support::random_numbers<T>(random, count);
  std::vector<double> expected(weights.begin(), weights.end());
  std::vector<double> mean(count);
  std::vector<double> square(count);
  std::vector<double> largest(count);
  optim::adam::state<T> state(settings, count);
  for (int step = 1; step <= 20; ++step) {
    const auto gradients = support::random_numbers<T>(random, count);
    const double rate = 0.01 / step;
    state.begin_step(rate);
    const std::size_t middle = count / 3;
    state.update(0, std::span(weights).first(middle), std::span<const T>(gradients).first(middle));
    state.update(middle, std::span(weights).subspan(middle), std::span<const T>(gradients).subspan(middle));
    const double factor = rate * std::sqrt(1 - std::pow(settings.beta_2, step)) / (1 - std::pow(settings.beta_1, step));
    for (std::size_t i = 0; i < count; ++i) {
      const auto g = static_cast<double>(gradients[i]);
      mean[i] = settings.beta_1 * mean[i] + (1 - settings.beta_1) * g;
      square[i] = settings.beta_2 * square[i] + (1 - settings.beta_2) * g * g;
      largest[i] = settings.amsgrad ? (std::max)(largest[i], square[i]) : square[i];
      expected[i] -= expected[i] * settings.weight_decay * rate;
      expected[i] -= factor * mean[i] / (std::sqrt(largest[i]) + settings.epsilon);
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    CHECK(static_cast<double>(weights[i]) ==
          doctest::Approx(expected[i]).epsilon(sizeof(T) == 4 ? 1e-6 : 1e-13).scale(1));
  }
}

}  // namespace

TEST_SUITE("optim") {
  TEST_CASE_TEMPLATE("Adam follows its formula", T, float, double) {
    for (const std::size_t count : {1U, 16U, 53U}) {
      check_against_formula<T>({}, count);
      check_against_formula<T>({.beta_1 = 0.8, .beta_2 = 0.9, .epsilon = 1e-3}, count);
      check_against_formula<T>({.weight_decay = 0.1}, count);
      check_against_formula<T>({.beta_2 = 0.5, .amsgrad = true}, count);
    }
  }

  TEST_CASE("a weight without gradient does not move") {
    std::vector<float> weights{0.5F, -0.25F};
    const std::vector<float> gradients{0, 1};
    optim::adam::state<float> state({}, 2);
    for (int step = 0; step < 5; ++step) {
      state.begin_step(0.1);
      state.update(0, weights, gradients);
    }
    CHECK(weights[0] == 0.5F);
    CHECK(weights[1] != -0.25F);
  }

  TEST_CASE("settings out of range are refused") {
    CHECK_THROWS_WITH_AS((optim::adam::state<double>({.beta_1 = 1}, 1)),
                         "espalier::optim::adam: got beta_1 1.000000, expected 0 <= beta_1 < 1",
                         espalier::argument_error);
    CHECK_THROWS_AS((optim::adam::state<double>({.beta_2 = -0.5}, 1)), espalier::argument_error);
    CHECK_THROWS_WITH_AS((optim::adam::state<double>({.epsilon = 0}, 1)),
                         "espalier::optim::adam: got epsilon 0.000000, expected a positive number",
                         espalier::argument_error);
  }
}
