// SPDX-License-Identifier: Apache-2.0
#include <espalier/optim/sgd.hpp>

#include <doctest/doctest.h>

#include <span>
#include <vector>

#include "support/lane_blocks.hpp"

namespace optim = espalier::optim;

namespace {

/// Twenty steps of both, from the same weights with the same gradients.
template <class T>
void check_against_formula(const optim::sgd& settings, std::size_t count) {
  espalier::random_generator random(6);
  auto weights = support::random_numbers<T>(random, count);
  std::vector<double> expected(weights.begin(), weights.end());
  std::vector<double> velocity(count);
  optim::sgd::state<T> state(settings, count);
  for (int step = 0; step < 20; ++step) {
    const auto gradients = support::random_numbers<T>(random, count);
    const double rate = 0.1 / (1 + step);
    state.begin_step(rate);
    const std::size_t middle = count / 3;
    state.update(0, std::span(weights).first(middle), std::span<const T>(gradients).first(middle));
    state.update(middle, std::span(weights).subspan(middle), std::span<const T>(gradients).subspan(middle));
    for (std::size_t i = 0; i < count; ++i) {
      const auto push = -rate * static_cast<double>(gradients[i]);
      expected[i] -= expected[i] * settings.weight_decay * rate;
      velocity[i] = settings.momentum * velocity[i] + push;
      expected[i] += settings.nesterov ? settings.momentum * velocity[i] + push : velocity[i];
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    CHECK(static_cast<double>(weights[i]) ==
          doctest::Approx(expected[i]).epsilon(sizeof(T) == 4 ? 1e-5 : 1e-13).scale(1));
  }
}

}  // namespace

TEST_SUITE("optim") {
  TEST_CASE_TEMPLATE("descent follows its formula, plain, with momentum and with Nesterov's look ahead", T, float,
                     double) {
    for (const std::size_t count : {1U, 16U, 53U}) {
      check_against_formula<T>({}, count);
      check_against_formula<T>({.momentum = 0.9}, count);
      check_against_formula<T>({.momentum = 0.9, .nesterov = true}, count);
      check_against_formula<T>({.momentum = 0.9, .weight_decay = 0.1}, count);
    }
  }

  TEST_CASE("settings out of range are refused") {
    CHECK_THROWS_WITH_AS((optim::sgd::state<double>({.momentum = 1}, 1)),
                         "espalier::optim::sgd: got momentum 1.000000, expected 0 <= momentum < 1",
                         espalier::argument_error);
    CHECK_THROWS_AS((optim::sgd::state<double>({.momentum = -0.1}, 1)), espalier::argument_error);
    CHECK_THROWS_AS((optim::sgd::state<double>({.weight_decay = -0.1}, 1)), espalier::argument_error);
  }
}
