// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
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
  const auto file = support::keras_file("optimizers.json");
  const auto expected = support::keras_case(file, name).at("learning_rates").get<std::vector<double>>();
  for (std::size_t step = 0; step < steps; ++step) {
    CHECK(rate(step, steps) == doctest::Approx(expected.at(step)).epsilon(1e-6));
  }
}

/// Cases of the file that no optimizer or rate computes, and why.
const std::map<std::string, std::string> out_of_scope{{"adamax", "seldom used"},
                                                      {"adadelta", "seldom used"},
                                                      {"sgd piecewise constant", "a rate is any function of the step"},
                                                      {"sgd inverse time decay", "a rate is any function of the step"}};

using reader = std::function<void(const std::string& name)>;

/// Optimizers at the constant rate of the case.
template <class T>
const std::map<std::string, reader>& optimizers() {
  static const std::map<std::string, reader> result{
      {"sgd", [](const std::string& name) { check_trajectory<T>(name, optim::sgd{}); }},
      {"sgd momentum", [](const std::string& name) { check_trajectory<T>(name, optim::sgd{.momentum = 0.9}); }},
      {"sgd nesterov",
       [](const std::string& name) { check_trajectory<T>(name, optim::sgd{.momentum = 0.9, .nesterov = true}); }},
      {"adam default", [](const std::string& name) { check_trajectory<T>(name, optim::adam{}); }},
      {"adam",
       [](const std::string& name) {
         check_trajectory<T>(name, optim::adam{.beta_1 = 0.8, .beta_2 = 0.95, .epsilon = 0.01});
       }},
      {"sgd weight decay",
       [](const std::string& name) { check_trajectory<T>(name, optim::sgd{.momentum = 0.5, .weight_decay = 0.02}); }},
      {"adam weight decay",
       [](const std::string& name) { check_trajectory<T>(name, optim::adam{.weight_decay = 0.1}); }},
      {"adamw default", [](const std::string& name) { check_trajectory<T>(name, optim::adam{.weight_decay = 0.004}); }},
      {"adamw", [](const std::string& name) { check_trajectory<T>(name, optim::adam{.weight_decay = 0.05}); }},
      {"adam amsgrad",
       [](const std::string& name) { check_trajectory<T>(name, optim::adam{.beta_2 = 0.8, .amsgrad = true}); }},
      {"rmsprop default", [](const std::string& name) { check_trajectory<T>(name, optim::rmsprop{}); }},
      {"rmsprop",
       [](const std::string& name) { check_trajectory<T>(name, optim::rmsprop{.rho = 0.8, .epsilon = 0.001}); }},
      {"rmsprop momentum", [](const std::string& name) { check_trajectory<T>(name, optim::rmsprop{.momentum = 0.5}); }},
      {"rmsprop centered",
       [](const std::string& name) { check_trajectory<T>(name, optim::rmsprop{.centered = true}); }},
      {"rmsprop centered momentum",
       [](const std::string& name) {
         check_trajectory<T>(name, optim::rmsprop{.rho = 0.75, .momentum = 0.25, .epsilon = 0.01, .centered = true});
       }},
      {"adagrad", [](const std::string& name) { check_trajectory<T>(name, optim::adagrad{}); }},
      {"adagrad accumulator",
       [](const std::string& name) { check_trajectory<T>(name, optim::adagrad{.initial_sum = 0.5, .epsilon = 0.01}); }},
      {"nadam", [](const std::string& name) { check_trajectory<T>(name, optim::nadam{}); }},
      {"sgd clipvalue",
       [](const std::string& name) { check_trajectory<T>(name, optim::clipped<optim::sgd>{.largest_value = 0.5}); }},
      {"sgd clipnorm",
       [](const std::string& name) { check_trajectory<T>(name, optim::clipped<optim::sgd>{.largest_norm = 1}); }},
      {"adam clipnorm",
       [](const std::string& name) { check_trajectory<T>(name, optim::clipped<optim::adam>{.largest_norm = 0.5}); }},
      {"sgd global clipnorm",
       [](const std::string& name) {
         check_trajectory<T>(name, optim::clipped<optim::sgd>{.largest_global_norm = 1.5});
       }},
      {"adam global clipnorm",
       [](const std::string& name) {
         check_trajectory<T>(name, optim::clipped<optim::adam>{.largest_global_norm = 1});
       }},
      {"adamw clipvalue", [](const std::string& name) {
         check_trajectory<T>(name,
                             optim::clipped<optim::adam>{.optimizer = {.weight_decay = 0.1}, .largest_value = 0.25});
       }}};
  return result;
}

/// Learning rates that fall.
const std::map<std::string, reader> rates{
    {"sgd exponential decay",
     [](const std::string& name) {
       check_rates(name, optim::exponential_rate{.initial = 0.1, .factor = 0.5, .period = 3}, 8);
     }},
    {"sgd exponential decay staircase",
     [](const std::string& name) {
       check_rates(name, optim::exponential_rate{.initial = 0.1, .factor = 0.5, .period = 3, .staircase = true}, 8);
     }},
    {"sgd polynomial decay",
     [](const std::string& name) {
       check_rates(name, optim::polynomial_rate{.initial = 0.1, .final_rate = 0.01, .power = 2}, 6);
     }},
    {"adam cosine decay warmup",
     [](const std::string& name) {
       const optim::cosine_rate cosine{.initial = 0.1, .final_rate = 0};
       check_rates(name, optim::warmup<optim::cosine_rate>{.steps = 2, .initial = 0, .rate = cosine}, 7);
     }},
    {"adam cosine decay",
     [](const std::string& name) {
       const optim::cosine_rate to_zero{.initial = 0.05, .final_rate = 0};
       check_trajectory<float>(name, optim::adam{},
                               [&](std::size_t step) { return to_zero((std::min)(step, std::size_t{6}), 6); });
     }},
    {"adam cosine decay alpha", [](const std::string& name) {
       const optim::cosine_rate to_a_tenth{.initial = 0.05, .final_rate = 0.005};
       check_trajectory<float>(name, optim::adam{},
                               [&](std::size_t step) { return to_a_tenth((std::min)(step, std::size_t{5}), 5); });
     }}};

}  // namespace

TEST_SUITE("keras") {
  TEST_CASE("optimizers step as in Keras and rates fall as there, in every case of the file that is in scope") {
    const auto file = support::keras_file("optimizers.json");
    std::size_t left_out = 0;
    for (const auto& found : file.at("cases")) {
      const std::string name = found.at("name");
      CAPTURE(name);
      if (out_of_scope.contains(name)) {
        ++left_out;
      } else if (rates.contains(name)) {
        rates.at(name)(name);
      } else {
        REQUIRE(optimizers<double>().contains(name));
        optimizers<float>().at(name)(name);
        optimizers<double>().at(name)(name);
      }
    }
    CHECK(file.at("cases").size() >= 34);
    CHECK(left_out == out_of_scope.size());
  }
}
