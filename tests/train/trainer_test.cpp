// SPDX-License-Identifier: Apache-2.0
#include <espalier/train/trainer.hpp>

#include <doctest/doctest.h>

#include <stop_token>
#include <vector>

#include <espalier/prune/trainer.hpp>

#include "support/networks.hpp"

namespace train = espalier::train;
using perceptron = decltype(support::perceptron<float>());

static_assert(espalier::prune::trainer<train::trainer<float>, perceptron>);
static_assert(espalier::prune::fisher_trainer<train::trainer<float>, perceptron>);
static_assert(espalier::prune::gradient_trainer<train::trainer<float>, perceptron>);

namespace {

std::vector<float> all_weights(perceptron& model) {
  std::vector<float> result;
  for (const auto& parameter : model.parameters()) {
    result.insert(result.end(), parameter.begin(), parameter.end());
  }
  return result;
}

}  // namespace

TEST_SUITE("train") {
  TEST_CASE("a trainer trains on one part, judges on the other and holds masks") {
    const support::labelled<float> data(600, 6, 4);
    const auto [training, validation] = train::split(data.view(), 200, 1);
    const train::trainer<float> trainer(training, validation);
    auto model = support::perceptron<float>();
    const double before = trainer.evaluate(model);
    CHECK(before == train::evaluate(model, validation).accuracy);
    std::vector<espalier::mask::weight_mask<float>> masks{{std::vector<std::uint8_t>(54, 1), {}},
                                                          {std::vector<std::uint8_t>(45, 1), {}},
                                                          {std::vector<std::uint8_t>(20, 1), {}}};
    masks[0].mask[10] = 0;
    trainer.fit(model, masks, {.epochs = 30, .level = 1});
    CHECK(trainer.evaluate(model) > before);
    CHECK(trainer.evaluate(model) > 0.9);
    CHECK(model.parameters()[0][10] == 0);
    trainer.fit(model, {}, {.epochs = 1, .level = 1});
    CHECK(model.parameters()[0][10] != 0);
  }

  TEST_CASE("levels shuffle in their own ways, the same level always in the same") {
    const support::labelled<float> data(300, 6, 4);
    const train::trainer<float> trainer(data.view(), data.view());
    auto a = support::perceptron<float>();
    auto b = support::perceptron<float>();
    auto c = support::perceptron<float>();
    trainer.fit(a, {}, {.epochs = 1, .level = 1});
    trainer.fit(b, {}, {.epochs = 1, .level = 1});
    trainer.fit(c, {}, {.epochs = 1, .level = 2});
    CHECK(all_weights(a) == all_weights(b));
    CHECK(all_weights(a) != all_weights(c));
  }

  TEST_CASE("a stop request ends the training before its next step") {
    const support::labelled<float> data(300, 6, 4);
    const train::trainer<float> trainer(data.view(), data.view());
    auto model = support::perceptron<float>();
    const auto before = all_weights(model);
    std::stop_source source;
    source.request_stop();
    trainer.fit(model, {}, {.epochs = 5, .level = 1, .stop = source.get_token()});
    CHECK(all_weights(model) == before);
  }

  TEST_CASE("numbers for rankings come from the training part") {
    const support::labelled<float> data(300, 6, 4);
    const auto [training, validation] = train::split(data.view(), 100, 1);
    const train::trainer<float> trainer(training, validation);
    auto model = support::perceptron<float>();
    CHECK(trainer.fisher(model) == train::fisher_information(model, training));
    CHECK(trainer.gradients(model) == train::mean_absolute_gradients(model, training));
  }
}
