// SPDX-License-Identifier: Apache-2.0
#include <espalier/train/soft_targets.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <espalier/loss/distillation.hpp>
#include <espalier/objective/parameters.hpp>
#include <espalier/optim/rewound_rate.hpp>
#include <espalier/prune/optimize.hpp>
#include <espalier/prune/restore_start.hpp>
#include <espalier/rank/l2.hpp>
#include <espalier/schedule/constant.hpp>
#include <espalier/train/trainer.hpp>

#include "support/memory_checkpoint.hpp"
#include "support/networks.hpp"

namespace prune = espalier::prune;
namespace train = espalier::train;
using perceptron = decltype(support::perceptron<float>());
using pupil_trainer =
    train::trainer<float, espalier::optim::adam, espalier::optim::rewound_rate<>, espalier::loss::distillation>;

namespace {

using support::all_weights;

}  // namespace

TEST_SUITE("train") {
  TEST_CASE("every sample of a view has its labels and the scores whose softmax the network gives") {
    const support::labelled<float> data(150, 6, 4);
    const auto [first, second] = train::split(data.view(), 50, 1);
    const auto model = support::perceptron<float>();
    const train::soft_targets<float> one(model, first);
    const train::soft_targets<float> other(model, first, 2);
    const auto view = one.view();
    CHECK(view.chosen == first.chosen);
    CHECK(view.labels.data() == first.labels.data());
    REQUIRE(view.targets.size() == 150 * 4);
    const auto again = other.view().targets;
    CHECK(std::equal(view.targets.begin(), view.targets.end(), again.begin(), again.end()));
    auto memory = model.make_workspace(1);
    for (const std::uint32_t sample : first.chosen) {
      espalier::kernels::gather<float>(data.numbers.data(), 6, std::span(&sample, 1), memory.value(0));
      const float* outputs = model.forward(memory, 1);
      double total = 0;
      for (std::size_t c = 0; c < 4; ++c) {
        total += std::exp(static_cast<double>(view.targets[4 * sample + c]));
      }
      for (std::size_t c = 0; c < 4; ++c) {
        CHECK(std::exp(static_cast<double>(view.targets[4 * sample + c])) / total ==
              doctest::Approx(static_cast<double>(outputs[c * 16])).epsilon(1e-5));
      }
    }
    for (const std::uint32_t sample : second.chosen) {
      CHECK(view.targets[4 * sample] == 0);
    }
  }

  TEST_CASE("a network learns from another one what wrong labels do not tell it") {
    const support::labelled<float> data(600, 6, 4);
    auto teacher = support::perceptron<float>();
    train::trainer<float>(data.view(), data.view()).fit(teacher, {}, {.epochs = 30});
    auto wrong = data;
    espalier::random_generator random(5);
    for (std::uint32_t& label : wrong.labels) {
      label = static_cast<std::uint32_t>(random.below(4));
    }
    const train::soft_targets<float> taught(teacher, wrong.view());
    const auto learn = [&](double weight) {
      const pupil_trainer trainer(taught.view(), data.view(), {.learning_rate = {}, .loss = {.weight = weight}});
      auto pupil = support::perceptron<float>(8);
      trainer.fit(pupil, {}, {.epochs = 30});
      return trainer.evaluate(pupil);
    };
    CHECK(learn(1) > 0.9);
    CHECK(learn(0) < 0.7);
  }

  TEST_CASE(
      "a run with another network as its teacher and rewound rates, ended after any save, ends with the same bits") {
    const support::labelled<float> data(300, 6, 4);
    const auto run = [&](support::memory_checkpoint& place, perceptron& model) {
      const auto wanted = prune::checkpoint_reference(place);
      if (!prune::restore_start(model, wanted)) {
        train::trainer<float>(data.view(), data.view()).fit(model, {}, {.epochs = 4});
      }
      const train::soft_targets<float> taught(model, data.view());
      const pupil_trainer trainer(taught.view(), data.view(),
                                  {.batch = 32, .learning_rate = {.epoch = 1, .epochs = 4}, .loss = {.weight = 0.8}});
      prune::options<espalier::rank::l2> options{.relative_tolerance = 0.5, .epochs = 3};
      options.checkpoint = wanted;
      return prune::optimize(model, trainer, espalier::objective::parameters{},
                             espalier::schedule::constant({.initial = 0.5, .final = 0.75, .step = 0.25}), options);
    };
    auto whole = support::perceptron<float>();
    support::memory_checkpoint counting;
    const auto expected = run(counting, whole);
    REQUIRE(expected.ending == prune::ending::schedule_ended);
    REQUIRE(counting.saves > 7);
    for (std::size_t saves = 1; saves < counting.saves; saves += 2) {
      support::memory_checkpoint place{.saves_until_failure = saves};
      auto first = support::perceptron<float>();
      CHECK(run(place, first).ending == prune::ending::failed);
      place.saves_until_failure = 100;
      auto second = support::perceptron<float>(9);
      const auto rest = run(place, second);
      CHECK(all_weights(second) == all_weights(whole));
      CHECK(rest.report.metric == expected.report.metric);
    }
  }

  TEST_CASE("labels alone, targets alone and labels that are no class are refused where both are needed") {
    const support::labelled<float> data(20, 6, 4);
    auto model = support::perceptron<float>();
    const pupil_trainer alone(data.view(), data.view());
    CHECK_THROWS_WITH_AS(
        alone.fit(model, {}, {.epochs = 1}),
        "espalier::train::fit: got 20 labels and 0 targets, expected both for every sample, as the loss "
        "needs",
        espalier::shape_error);
    const train::soft_targets<float> taught(model, data.view());
    auto view = taught.view();
    CHECK_THROWS_WITH_AS(train::soft_targets<float>(model, view), doctest::Contains("targets, expected labels"),
                         espalier::argument_error);
    view.labels = {};
    CHECK_THROWS_AS(pupil_trainer(view, view).fit(model, {}, {.epochs = 1}), espalier::shape_error);
    std::vector<std::uint32_t> labels(data.labels);
    labels[7] = 4;
    view.labels = labels;
    CHECK_THROWS_WITH_AS(pupil_trainer(view, view).fit(model, {}, {.epochs = 1}),
                         doctest::Contains("label 4 of sample 7"), espalier::argument_error);
  }
}
