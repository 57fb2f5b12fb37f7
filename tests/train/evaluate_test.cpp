// SPDX-License-Identifier: Apache-2.0
#include <espalier/train/evaluate.hpp>

#include <doctest/doctest.h>

#include <cmath>

#include "support/networks.hpp"

namespace train = espalier::train;

TEST_SUITE("train") {
  TEST_CASE_TEMPLATE("loss and accuracy are those of the predictions, whatever the number of threads", T, float,
                     double) {
    auto model = support::perceptron<T>();
    support::disturb(model);
    const support::labelled<T> data(1003, 6, 4);
    const auto view = data.view();
    const auto predicted = model.predict(data.numbers);
    double loss = 0;
    std::size_t right = 0;
    for (std::size_t sample = 0; sample < 1003; ++sample) {
      std::size_t best = 0;
      for (std::size_t c = 1; c < 4; ++c) {
        best = predicted(sample, c) > predicted(sample, best) ? c : best;
      }
      right += best == data.labels[sample] ? 1U : 0U;
      loss -= std::log(static_cast<double>(predicted(sample, data.labels[sample]))) / 1003;
    }
    const auto got = train::evaluate(model, view);
    CHECK(got.loss == doctest::Approx(loss).epsilon(sizeof(T) == 4 ? 1e-5 : 1e-12));
    CHECK(got.accuracy == static_cast<double>(right) / 1003);
    for (const std::size_t threads : {2U, 4U, 0U}) {
      const auto same = train::evaluate(model, view, train::evaluate_options<>{.loss = {}, .threads = threads});
      CHECK(same.loss == got.loss);
      CHECK(same.accuracy == got.accuracy);
    }
  }

  TEST_CASE("of equal scores the lowest class counts") {
    auto model = support::perceptron<float>();
    for (const auto& parameter : model.parameters()) {
      std::fill(parameter.begin(), parameter.end(), 0.0F);
    }
    const std::vector<float> samples(12, 1.0F);
    CHECK(train::evaluate(model, train::view_all<float>(samples, std::vector<std::uint32_t>{0, 0})).accuracy == 1);
  }

  TEST_CASE("only the chosen samples count") {
    auto model = support::perceptron<float>();
    const support::labelled<float> data(100, 6, 4);
    auto view = data.view();
    view.chosen = {7};
    const double alone = train::evaluate(model, view).loss;
    view.chosen = {7, 7, 7};
    CHECK(train::evaluate(model, view).loss == doctest::Approx(alone));
  }

  TEST_CASE("data that do not fit are refused") {
    const auto model = support::perceptron<float>();
    const support::labelled<float> wide(10, 7, 4);
    CHECK_THROWS_WITH_AS((void)train::evaluate(model, wide.view()),
                         "espalier::train::evaluate: got 10 samples in 70 numbers, expected 6 numbers each, for the "
                         "network's input (6)",
                         espalier::shape_error);
    auto view = support::labelled<float>(10, 6, 4);
    view.labels[3] = 4;
    CHECK_THROWS_WITH_AS((void)train::evaluate(model, view.view()),
                         "espalier::train::evaluate: got label 4 of sample 3, expected a class from 0 to 3, as the "
                         "network has outputs",
                         espalier::argument_error);
    auto none = view.view();
    none.chosen.clear();
    CHECK_THROWS_WITH_AS((void)train::evaluate(model, none),
                         "espalier::train::evaluate: got a view of no samples, expected 1 or more",
                         espalier::argument_error);
  }

  TEST_CASE("a weight counts for its sample: losses are divided by the samples, accuracies by the weights") {
    auto model = support::perceptron<double>();
    const support::labelled<double> data(3, 6, 4);
    auto view = data.view();
    double loss = 0;
    double right = 0;
    const std::vector<double> weights{0.5, 2, 0};
    for (std::uint32_t sample = 0; sample < 3; ++sample) {
      view.chosen = {sample};
      const auto alone = train::evaluate(model, view);
      loss += weights[sample] * alone.loss / 3;
      right += weights[sample] * alone.accuracy / 2.5;
    }
    view = data.view();
    view.weights = weights;
    CHECK(train::evaluate(model, view).loss == doctest::Approx(loss));
    CHECK(train::evaluate(model, view).accuracy == doctest::Approx(right));
  }
}
