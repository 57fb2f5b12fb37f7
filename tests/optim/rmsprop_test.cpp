// SPDX-License-Identifier: Apache-2.0
#include <espalier/optim/rmsprop.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <span>
#include <vector>

namespace optim = espalier::optim;

TEST_SUITE("optim") {
  TEST_CASE_TEMPLATE("steps have the length of the rate once the mean is full, whatever the gradient's size", T, float,
                     double) {
    for (const T size : {T(1e-3), T(1), T(1e3)}) {
      std::vector<T> weights{0, 0};
      const std::vector<T> gradients{size, -size};
      optim::rmsprop::state<T> state({.rho = 0.5, .epsilon = 1e-12}, 2);
      for (int step = 0; step < 60; ++step) {
        state.begin_step(0.25);
        state.update(0, weights, gradients);
      }
      const T before = weights[0];
      state.begin_step(0.25);
      state.update(0, weights, gradients);
      CHECK(before - weights[0] == doctest::Approx(0.25).epsilon(1e-5));
      CHECK(weights[1] == -weights[0]);
    }
  }

  TEST_CASE("parts of the parameters have memories of their own") {
    std::vector<double> whole{1, 2, 3};
    auto parts = whole;
    const std::vector<double> gradients{0.5, -1, 2};
    const optim::rmsprop settings{.momentum = 0.5, .centered = true};
    optim::rmsprop::state<double> a(settings, 3);
    optim::rmsprop::state<double> b(settings, 3);
    for (int step = 0; step < 3; ++step) {
      a.begin_step(0.1);
      b.begin_step(0.1);
      a.update(0, whole, gradients);
      b.update(0, std::span(parts).first(1), std::span<const double>(gradients).first(1));
      b.update(1, std::span(parts).last(2), std::span<const double>(gradients).last(2));
    }
    CHECK(whole == parts);
  }

  TEST_CASE("settings out of range are refused") {
    CHECK_THROWS_WITH_AS((optim::rmsprop::state<double>({.rho = 1}, 1)),
                         "espalier::optim::rmsprop: got rho 1.000000, expected 0 <= rho < 1", espalier::argument_error);
    CHECK_THROWS_AS((optim::rmsprop::state<double>({.momentum = -1}, 1)), espalier::argument_error);
    CHECK_THROWS_AS((optim::rmsprop::state<double>({.epsilon = 0}, 1)), espalier::argument_error);
  }
}
