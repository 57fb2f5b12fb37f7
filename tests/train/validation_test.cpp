// SPDX-License-Identifier: Apache-2.0
#include <espalier/train/validation.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <stop_token>
#include <vector>

#include <espalier/optim/plateau.hpp>
#include <espalier/optim/sgd.hpp>
#include <espalier/train/evaluate.hpp>
#include <espalier/train/fit.hpp>

#include "support/networks.hpp"

namespace optim = espalier::optim;
namespace train = espalier::train;

namespace {

/// Noise without anything to learn but by heart, in two parts.
struct noise {
  noise() : all(200, 6, 4) {
    espalier::random_generator random(3);
    for (std::uint32_t& label : all.labels) {
      label = static_cast<std::uint32_t>(random.below(4));
    }
    const auto parts = train::split(all.view(), 60, 1);
    training = parts.first;
    rest = parts.second;
  }
  support::labelled<float> all;
  train::data_view<float> training;
  train::data_view<float> rest;
};

}  // namespace

TEST_SUITE("train") {
  TEST_CASE("a training that learns by heart ends when the other data get worse, with the best weights") {
    const noise data;
    auto model = support::perceptron<float>();
    std::vector<double> losses;
    train::fit_options<> options{.epochs = 300, .batch = 20, .learning_rate = {0.02}};
    options.on_epoch = [&](const train::progress& where) { losses.push_back(where.validation_loss); };
    const auto result = train::fit(
        model, data.training, train::validation<float>{.data = data.rest, .patience = 5, .keep_best = true}, options);
    CHECK(result.lost_patience);
    CHECK(result.epochs < 300);
    CHECK(result.epochs == losses.size());
    CHECK(result.best_epoch + 6 == result.epochs);
    CHECK(result.best_loss == losses[result.best_epoch]);
    for (const double loss : losses) {
      CHECK(loss >= result.best_loss);
    }
    CHECK(train::evaluate(model, data.rest).loss == result.best_loss);
  }

  TEST_CASE("watching changes no bit of the training") {
    const noise data;
    auto plain = support::perceptron<float>();
    auto watched = support::perceptron<float>();
    const train::fit_options<> options{.epochs = 7, .batch = 20};
    train::fit(plain, data.training, options);
    const auto result = train::fit(watched, data.training, train::validation<float>{data.rest}, options);
    CHECK(result.epochs == 7);
    CHECK_FALSE(result.lost_patience);
    for (std::size_t p = 0; p < 6; ++p) {
      CHECK(std::equal(plain.parameters()[p].begin(), plain.parameters()[p].end(), watched.parameters()[p].begin()));
    }
  }

  TEST_CASE("a rate that learns from the training sees the loss of the other data") {
    const noise data;
    auto plain = support::perceptron<float>();
    auto reduced = support::perceptron<float>();
    const train::validation<float> v{data.rest};
    train::fit(plain, data.training, v, train::fit_options<>{.epochs = 40, .batch = 20, .learning_rate = {0.02}});
    train::fit(reduced, data.training, v,
               train::fit_options<optim::adam, optim::plateau<>>{
                   .epochs = 40, .batch = 20, .learning_rate = {.rate = {0.02}, .patience = 2}});
    CHECK(train::evaluate(reduced, data.rest).loss < train::evaluate(plain, data.rest).loss);
  }

  TEST_CASE("a stop request ends a watched training too, with the best weights so far") {
    const noise data;
    auto model = support::perceptron<float>();
    std::stop_source source;
    train::fit_options<> options{.epochs = 50, .batch = 20, .stop = source.get_token()};
    options.on_step = [&](const train::progress& where) {
      if (where.step == 24) {
        source.request_stop();
      }
    };
    const auto result =
        train::fit(model, data.training, train::validation<float>{.data = data.rest, .keep_best = true}, options);
    CHECK(result.epochs == 4);
    CHECK(result.best_epoch <= 2);
    CHECK(train::evaluate(model, data.rest).loss == result.best_loss);
  }

  TEST_CASE("data to watch by must fit too") {
    const noise data;
    auto model = support::perceptron<float>();
    const support::labelled<float> wide(10, 7, 4);
    CHECK_THROWS_AS(
        train::fit(model, data.training, train::validation<float>{wide.view()}, train::fit_options<>{.epochs = 1}),
        espalier::shape_error);
  }

  TEST_CASE("an improvement that is none is refused") {
    const noise data;
    auto model = support::perceptron<float>();
    for (const double improvement : {-0.1, std::nan("")}) {
      CHECK_THROWS_AS(
          train::fit(model, data.training, train::validation<float>{.data = data.rest, .improvement = improvement},
                     train::fit_options<>{.epochs = 1}),
          espalier::argument_error);
    }
  }
}
