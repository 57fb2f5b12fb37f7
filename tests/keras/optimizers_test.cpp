// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <espalier/optim/adam.hpp>
#include <espalier/optim/cosine_rate.hpp>
#include <espalier/optim/sgd.hpp>

#include "support/keras.hpp"

namespace optim = espalier::optim;

namespace {

/// The steps of one case, compared number by number with what Keras has after each.
template <class T, class Optimizer, class Rate>
void check_trajectory(const std::string& name, const Optimizer& optimizer, const Rate& rate) {
  CAPTURE(name);
  const auto file = support::keras_file("optimizers.json");
  const auto& expected = support::keras_case(file, name).at(sizeof(T) == 4 ? "trajectory" : "trajectory64");
  std::vector<T> weights;
  std::vector<std::size_t> begins;
  for (const auto& variable : file.at("start")) {
    begins.push_back(weights.size());
    const auto numbers = support::keras_array<T>(variable);
    weights.insert(weights.end(), numbers.begin(), numbers.end());
  }
  typename Optimizer::template state<T> state(optimizer, weights.size());
  REQUIRE(expected.size() == 8);
  for (std::size_t step = 0; step < expected.size(); ++step) {
    state.begin_step(rate(step));
    for (std::size_t v = 0; v < begins.size(); ++v) {
      const auto gradient = support::keras_array<T>(file.at("gradients").at(step).at(v));
      state.update(begins[v], std::span(weights).subspan(begins[v], gradient.size()), std::span<const T>(gradient));
    }
    for (std::size_t v = 0; v < begins.size(); ++v) {
      const auto after = support::keras_array<T>(expected.at(step).at(v));
      for (std::size_t i = 0; i < after.size(); ++i) {
        CHECK(static_cast<double>(weights[begins[v] + i]) ==
              doctest::Approx(static_cast<double>(after[i])).epsilon(sizeof(T) == 4 ? 3e-5 : 1e-12));
      }
    }
  }
}

/// The same at the constant rate of the case.
template <class T, class Optimizer>
void check_trajectory(const std::string& name, const Optimizer& optimizer) {
  const auto file = support::keras_file("optimizers.json");
  const auto rate = support::keras_case(file, name).at("config").at("learning_rate").get<double>();
  check_trajectory<T>(name, optimizer, [&](std::size_t) { return rate; });
}

}  // namespace

TEST_SUITE("keras") {
  TEST_CASE_TEMPLATE("descent steps as Keras does", T, float, double) {
    check_trajectory<T>("sgd", optim::sgd{});
    check_trajectory<T>("sgd momentum", optim::sgd{.momentum = 0.9});
    check_trajectory<T>("sgd nesterov", optim::sgd{.momentum = 0.9, .nesterov = true});
  }

  TEST_CASE_TEMPLATE("Adam steps as Keras does", T, float, double) {
    check_trajectory<T>("adam default", optim::adam{});
    check_trajectory<T>("adam", optim::adam{.beta_1 = 0.8, .beta_2 = 0.95, .epsilon = 0.01});
  }

  TEST_CASE("the cosine rate falls as that of Keras does") {
    const optim::cosine_rate to_zero{.initial = 0.05, .final_rate = 0};
    check_trajectory<float>("adam cosine decay", optim::adam{},
                            [&](std::size_t step) { return to_zero((std::min)(step, std::size_t{6}), 6); });
    const optim::cosine_rate to_a_tenth{.initial = 0.05, .final_rate = 0.005};
    check_trajectory<float>("adam cosine decay alpha", optim::adam{},
                            [&](std::size_t step) { return to_a_tenth((std::min)(step, std::size_t{5}), 5); });
  }
}
