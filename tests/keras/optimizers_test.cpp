// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <espalier/optim/adagrad.hpp>
#include <espalier/optim/adam.hpp>
#include <espalier/optim/clipped.hpp>
#include <espalier/optim/cosine_rate.hpp>
#include <espalier/optim/exponential_rate.hpp>
#include <espalier/optim/nadam.hpp>
#include <espalier/optim/polynomial_rate.hpp>
#include <espalier/optim/rmsprop.hpp>
#include <espalier/optim/sgd.hpp>
#include <espalier/optim/warmup.hpp>

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
    if constexpr (requires { state.survey(std::span<const T>()); }) {
      std::vector<T> all;
      for (std::size_t v = 0; v < begins.size(); ++v) {
        const auto gradient = support::keras_array<T>(file.at("gradients").at(step).at(v));
        all.insert(all.end(), gradient.begin(), gradient.end());
      }
      state.survey(std::span<const T>(all));
    }
    for (std::size_t v = 0; v < begins.size(); ++v) {
      const auto gradient = support::keras_array<T>(file.at("gradients").at(step).at(v));
      state.update(begins[v], std::span(weights).subspan(begins[v], gradient.size()), std::span<const T>(gradient));
    }
    for (std::size_t v = 0; v < begins.size(); ++v) {
      const auto after = support::keras_array<T>(expected.at(step).at(v));
      for (std::size_t i = 0; i < after.size(); ++i) {
        CHECK(static_cast<double>(weights[begins[v] + i]) ==
              doctest::Approx(static_cast<double>(after[i]))
                  .epsilon(sizeof(T) == 4 ? 3e-5 : (name == "nadam" ? 1e-7 : 1e-12)));
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

/// The rates that Keras lists for a case, as far as the training is long.
template <class Rate>
void check_rates(const std::string& name, const Rate& rate, std::size_t steps) {
  CAPTURE(name);
  const auto file = support::keras_file("optimizers.json");
  const auto expected = support::keras_case(file, name).at("learning_rates").get<std::vector<double>>();
  for (std::size_t step = 0; step < steps; ++step) {
    CHECK(rate(step, steps) == doctest::Approx(expected.at(step)).epsilon(1e-6));
  }
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

  TEST_CASE_TEMPLATE("weight decay and amsgrad are those of Keras", T, float, double) {
    check_trajectory<T>("sgd weight decay", optim::sgd{.momentum = 0.5, .weight_decay = 0.02});
    check_trajectory<T>("adam weight decay", optim::adam{.weight_decay = 0.1});
    check_trajectory<T>("adamw default", optim::adam{.weight_decay = 0.004});
    check_trajectory<T>("adamw", optim::adam{.weight_decay = 0.05});
    check_trajectory<T>("adam amsgrad", optim::adam{.beta_2 = 0.8, .amsgrad = true});
  }

  TEST_CASE_TEMPLATE("RMSprop steps as Keras does", T, float, double) {
    check_trajectory<T>("rmsprop default", optim::rmsprop{});
    check_trajectory<T>("rmsprop", optim::rmsprop{.rho = 0.8, .epsilon = 0.001});
    check_trajectory<T>("rmsprop momentum", optim::rmsprop{.momentum = 0.5});
    check_trajectory<T>("rmsprop centered", optim::rmsprop{.centered = true});
    check_trajectory<T>("rmsprop centered momentum",
                        optim::rmsprop{.rho = 0.75, .momentum = 0.25, .epsilon = 0.01, .centered = true});
  }

  TEST_CASE_TEMPLATE("Adagrad and Nadam step as Keras does", T, float, double) {
    check_trajectory<T>("adagrad", optim::adagrad{});
    check_trajectory<T>("adagrad accumulator", optim::adagrad{.initial_sum = 0.5, .epsilon = 0.01});
    check_trajectory<T>("nadam", optim::nadam{});
  }

  TEST_CASE_TEMPLATE("gradients are clipped as in Keras", T, float, double) {
    check_trajectory<T>("sgd clipvalue", optim::clipped<optim::sgd>{.largest_value = 0.5});
    check_trajectory<T>("sgd clipnorm", optim::clipped<optim::sgd>{.largest_norm = 1});
    check_trajectory<T>("adam clipnorm", optim::clipped<optim::adam>{.largest_norm = 0.5});
    check_trajectory<T>("sgd global clipnorm", optim::clipped<optim::sgd>{.largest_global_norm = 1.5});
    check_trajectory<T>("adam global clipnorm", optim::clipped<optim::adam>{.largest_global_norm = 1});
    check_trajectory<T>("adamw clipvalue",
                        optim::clipped<optim::adam>{.optimizer = {.weight_decay = 0.1}, .largest_value = 0.25});
  }

  TEST_CASE("other rates fall as those of Keras do") {
    check_rates("sgd exponential decay", optim::exponential_rate{.initial = 0.1, .factor = 0.5, .period = 3}, 8);
    check_rates("sgd exponential decay staircase",
                optim::exponential_rate{.initial = 0.1, .factor = 0.5, .period = 3, .staircase = true}, 8);
    check_rates("sgd polynomial decay", optim::polynomial_rate{.initial = 0.1, .final_rate = 0.01, .power = 2}, 6);
    const optim::cosine_rate cosine{.initial = 0.1, .final_rate = 0};
    check_rates("adam cosine decay warmup", optim::warmup<optim::cosine_rate>{.steps = 2, .initial = 0, .rate = cosine},
                7);
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
