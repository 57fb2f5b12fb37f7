// SPDX-License-Identifier: Apache-2.0
#include <espalier/train/trainer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <type_traits>
#include <vector>

#include <espalier/objective/parameters.hpp>
#include <espalier/optim/sgd.hpp>
#include <espalier/prune/optimize.hpp>
#include <espalier/prune/rewound.hpp>
#include <espalier/prune/trainer.hpp>
#include <espalier/schedule/constant.hpp>
#include <espalier/train/evaluate.hpp>

#include "support/memory_checkpoint.hpp"
#include "support/networks.hpp"

namespace prune = espalier::prune;
namespace train = espalier::train;
using perceptron = decltype(support::perceptron<float>());

static_assert(espalier::prune::trainer<train::trainer<float>, perceptron>);
static_assert(espalier::prune::fisher_trainer<train::trainer<float>, perceptron>);
static_assert(espalier::prune::curvature_trainer<train::trainer<float>, perceptron>);
static_assert(espalier::prune::gradient_trainer<train::trainer<float>, perceptron>);
static_assert(espalier::prune::stepwise_trainer<train::trainer<float>, perceptron>);
static_assert(espalier::prune::identified_trainer<train::trainer<float>>);
using ticket_trainer = espalier::prune::rewound<const train::trainer<float>, perceptron>;
static_assert(espalier::prune::stepwise_trainer<ticket_trainer, perceptron>);
static_assert(espalier::prune::fisher_trainer<ticket_trainer, perceptron>);
static_assert(espalier::prune::gradient_trainer<ticket_trainer, perceptron>);
static_assert(espalier::prune::identified_trainer<ticket_trainer>);

namespace {

using support::all_weights;

/// Masks without neurons 0, 3 and 6 of the first layer and all that reads neuron 1.
std::vector<espalier::mask::weight_mask<float>> without_units() {
  auto model = support::perceptron<float>();
  std::vector<espalier::mask::weight_mask<float>> masks;
  for (const auto& layer : model.layers()) {
    masks.push_back(espalier::mask::keep_all<float>(layer.kernel.size()));
  }
  for (std::size_t i = 0; i < 54; ++i) {
    masks[0].mask[i] = i % 9 % 3 == 0 ? 0 : 1;
  }
  std::fill_n(masks[1].mask.begin() + 5, 5, std::uint8_t{0});
  return masks;
}

/// Gives the samples of a set that is in memory, as they are asked for.
struct copying {
  const support::labelled<float>& data;

  [[nodiscard]] std::size_t size() const { return data.labels.size(); }
  void load(const train::batch_request& request, train::batch_data<float>& batch) const {
    batch = {};
    for (const std::uint32_t sample : request.samples) {
      const auto first = data.numbers.begin() + sample * 6;
      batch.samples.insert(batch.samples.end(), first, first + 6);
      batch.labels.push_back(data.labels[sample]);
    }
  }
};
/// The same, with a version.
struct named : copying {
  std::uint64_t version = 1;
  [[nodiscard]] std::uint64_t identity() const { return version; }
};
template <class Loader>
using loading_trainer = train::trainer<float, espalier::optim::adam, espalier::optim::cosine_rate,
                                       espalier::loss::categorical_cross_entropy, espalier::metric::accuracy, Loader>;
static_assert(espalier::prune::stepwise_trainer<loading_trainer<copying>, perceptron>);
static_assert(espalier::prune::fisher_trainer<loading_trainer<copying>, perceptron>);
static_assert(espalier::prune::identified_trainer<loading_trainer<copying>>);

/// Neuron 3 has a bias that soon changes its sign.
perceptron with_constant_unit() {
  auto model = support::perceptron<float>();
  model.parameters()[1][3] = 1e-4F;
  return model;
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

  TEST_CASE("the final training has settings of its own, but seed and threads of the levels") {
    const support::labelled<float> data(300, 6, 4);
    const train::trainer<float> by_levels(data.view(), data.view(), {.seed = 3});
    const train::trainer<float> by_others(data.view(), data.view(), {.batch = 30, .seed = 3});
    train::trainer<float> both(data.view(), data.view(), {.seed = 3});
    const auto trained = [](const train::trainer<float>& trainer, prune::purpose purpose, bool in_one_go) {
      auto model = support::perceptron<float>();
      const prune::training_phase phase{.epochs = 1, .level = 2, .purpose = purpose};
      if (in_one_go) {
        trainer.fit(model, {}, phase);
      } else {
        trainer.begin(model, {}, phase).run_epoch();
      }
      return all_weights(model);
    };
    CHECK(trained(both, prune::purpose::final, true) == trained(by_levels, prune::purpose::final, true));
    CHECK(&both.train_final_by({.batch = 30, .seed = 8}) == &both);
    for (const bool in_one_go : {false, true}) {
      for (const auto purpose : {prune::purpose::level, prune::purpose::rewinding}) {
        CHECK(trained(both, purpose, in_one_go) == trained(by_levels, purpose, in_one_go));
      }
      CHECK(trained(both, prune::purpose::final, in_one_go) == trained(by_others, prune::purpose::final, in_one_go));
      CHECK(trained(both, prune::purpose::final, in_one_go) != trained(by_levels, prune::purpose::final, in_one_go));
    }
    both.train_final_by({.batch = 0});
    CHECK_THROWS_WITH_AS(trained(both, prune::purpose::final, false), doctest::Contains("batches of 0 samples"),
                         espalier::argument_error);
    CHECK_NOTHROW(trained(both, prune::purpose::level, false));
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
    CHECK(trainer.curvature(model) == train::hessian_diagonal(model, training).diagonal);
  }

  TEST_CASE("a training that goes epoch by epoch, saved and gone on with by another trainer, ends with the same bits") {
    const support::labelled<float> data(300, 6, 4);
    const train::trainer<float> trainer(data.view(), data.view(), {.seed = 5});
    const espalier::prune::training_phase phase{.epochs = 4, .level = 2};
    const auto pruned = without_units();
    for (const espalier::prune::masks<float> masks : {espalier::prune::masks<float>{}, {pruned}}) {
      auto whole = with_constant_unit();
      trainer.fit(whole, masks, phase);
      for (std::size_t first = 0; first <= 4; ++first) {
        auto model = with_constant_unit();
        std::vector<std::byte> saved;
        {
          auto training = trainer.begin(model, masks, phase);
          for (std::size_t epoch = 0; epoch < first; ++epoch) {
            training.run_epoch();
          }
          saved = training.save();
        }
        const train::trainer<float> other(data.view(), data.view(), {.seed = 5});
        auto training = other.begin(model, masks, phase);
        training.load(saved);
        for (std::size_t epoch = first; epoch < 4; ++epoch) {
          CHECK(training.run_epoch() > 0);
        }
        CHECK(all_weights(model) == all_weights(whole));
      }
    }
  }

  TEST_CASE("a training by a loader, saved in the middle and gone on with, ends as one with the samples in memory") {
    const support::labelled<float> data(300, 6, 4);
    copying loader{data};
    const train::trainer<float> expected(data.view(), data.view(), {.batch = 40, .seed = 5});
    const train::trainer trainer(loader, data.view(), data.view(), {.batch = 40, .seed = 5, .load_ahead = true});
    static_assert(std::is_same_v<decltype(trainer), const loading_trainer<copying>>);
    const espalier::prune::training_phase phase{.epochs = 4, .level = 2};
    const auto pruned = without_units();
    auto whole = with_constant_unit();
    expected.fit(whole, pruned, phase);
    auto in_one_go = with_constant_unit();
    trainer.fit(in_one_go, pruned, phase);
    CHECK(all_weights(in_one_go) == all_weights(whole));
    auto model = with_constant_unit();
    std::vector<std::byte> saved;
    {
      auto training = trainer.begin(model, pruned, phase);
      training.run_epoch();
      training.run_epoch();
      saved = training.save();
    }
    auto training = trainer.begin(model, pruned, phase);
    training.load(saved);
    training.run_epoch();
    training.run_epoch();
    CHECK(all_weights(model) == all_weights(whole));
    CHECK(trainer.fisher(model) == expected.fisher(model));
    CHECK(trainer.evaluate(model) == expected.evaluate(model));
  }

  TEST_CASE("a trainer by a loader has the identity of what the loader brings, as far as it says") {
    const support::labelled<float> data(300, 6, 4);
    const support::labelled<float> fewer(299, 6, 4);
    const auto identity = [&](auto loader) {
      return train::trainer(loader, fewer.view(), fewer.view()).identity()[1].value;
    };
    CHECK(identity(copying{data}) == identity(copying{data}));
    CHECK(identity(copying{data}) != identity(copying{fewer}));
    CHECK(identity(named{{data}, 1}) == identity(named{{data}, 1}));
    CHECK(identity(named{{data}, 1}) != identity(named{{data}, 2}));
  }

  TEST_CASE("settings and samples of a loader that make no sense are refused in a trainer too") {
    const support::labelled<float> data(300, 6, 4);
    auto model = support::perceptron<float>();
    copying loader{data};
    const train::trainer no_batch(loader, data.view(), data.view(), {.batch = 0});
    CHECK_THROWS_WITH_AS(static_cast<void>(no_batch.begin(model, {}, {.epochs = 1})),
                         doctest::Contains("batches of 0 samples"), espalier::argument_error);
    support::labelled<float> wrong = data;
    wrong.labels[17] = 4;
    copying of_wrong{wrong};
    const train::trainer trainer(of_wrong, data.view(), data.view(), {.shuffle = false});
    CHECK_THROWS_WITH_AS(trainer.fit(model, {}, {.epochs = 1}), doctest::Contains("label 4 of sample 17"),
                         espalier::argument_error);
  }

  TEST_CASE("a saved training of another network, or of other units, is refused") {
    const support::labelled<float> data(300, 6, 4);
    const train::trainer<float> trainer(data.view(), data.view());
    auto model = support::perceptron<float>();
    const auto pruned = without_units();
    auto training = trainer.begin(model, pruned, {.epochs = 2});
    auto cut = training.save();
    cut.pop_back();
    CHECK_THROWS_WITH_AS(training.load(cut), doctest::Contains("bytes of a saved training"), espalier::parse_error);
    for (const std::size_t byte : {0U, 16U}) {  // how many layers, the first unit of the first of them
      for (const auto wrong : {std::byte{8}, std::byte{255}}) {
        auto other = trainer.begin(model, pruned, {.epochs = 2});
        auto saved = other.save();
        saved[byte] = wrong;
        CHECK_THROWS_WITH_AS(other.load(saved), doctest::Contains("of other units"), espalier::parse_error);
      }
    }
  }

  TEST_CASE("other data, another seed, another learning rate and another optimizer are other identities") {
    support::labelled<float> data(300, 6, 4);
    const auto identity = [&](std::uint64_t seed, double rate) {
      return train::trainer<float>(data.view(), data.view(), {.seed = seed, .learning_rate = {.initial = rate}})
          .identity();
    };
    const auto first = identity(1, 1e-2);
    REQUIRE(first.size() == 10);
    const auto differs = [&](const auto& other, std::size_t part) {
      for (std::size_t i = 0; i < 10; ++i) {
        CAPTURE(first[i].name);
        CHECK((first[i].value == other[i].value) == (i != part));
      }
    };
    differs(identity(1, 1e-2), 10);
    differs(train::trainer<float>(data.view(), data.view(), {.seed = 1, .optimizer = {.epsilon = 1e-8}}).identity(), 7);
    differs(train::trainer<float>(data.view(), data.view(), {.seed = 1, .loss = {.label_smoothing = 0.1}}).identity(),
            8);
    train::trainer<float> with_final(data.view(), data.view(), {.seed = 1});
    std::vector<std::uint64_t> finals{first[9].value};
    for (const train::trainer<float>::options_type& options :
         {train::trainer<float>::options_type{},
          {.batch = 64},
          {.optimizer = {.epsilon = 1e-8}},
          {.loss = {.label_smoothing = 0.1}},
          {.augment = [](std::span<float>, espalier::random_generator&) {}}}) {
      const auto identified = with_final.train_final_by(options).identity();
      differs(identified, 9);
      CHECK(std::count(finals.begin(), finals.end(), identified[9].value) == 0);
      finals.push_back(identified[9].value);
    }
    const auto by_sgd = train::trainer<float, espalier::optim::sgd>(data.view(), data.view(), {.seed = 1}).identity();
    CHECK(by_sgd[3].value != first[3].value);
    differs(identity(2, 1e-2), 0);
    differs(identity(1, 1e-3), 2);
    data.numbers[17] += 1;
    differs(identity(1, 1e-2), 1);
  }

  TEST_CASE(
      "a pruning run that was ended after any of its epochs goes on to the same bits, with any number of threads") {
    const support::labelled<float> data(300, 6, 4);
    const auto [training, validation] = train::split(data.view(), 100, 1);
    const auto run = [&, &fit_on = training, &judge_on = validation](support::memory_checkpoint* place,
                                                                     std::size_t threads, auto& model) {
      train::trainer<float> trainer(fit_on, judge_on, {.batch = 32, .seed = 5, .threads = threads});
      trainer.train_final_by({.batch = 20, .learning_rate = {.initial = 2e-2}});
      espalier::prune::options<> options{.relative_tolerance = 0.5, .epochs = 3, .rewinding = 1, .final_epochs = 2};
      options.actions = {{.share = true, .grouped_by = espalier::structure::structured{}}};
      options.train_shared = true;
      if (place != nullptr) {
        options.checkpoint = *place;
      }
      return espalier::prune::optimize(model, trainer, espalier::objective::parameters{},
                                       espalier::schedule::constant({.initial = 0.5, .final = 0.75, .step = 0.25}),
                                       options);
    };
    auto whole = support::perceptron<float>();
    const auto expected = run(nullptr, 1, whole);
    REQUIRE(expected.report.levels.size() == 2);
    REQUIRE(expected.report.layers[0].weights_shared > 0);
    for (std::size_t i = 0; i < 54; ++i) {
      CHECK((expected.masks[0].mask[i] == 1 || all_weights(whole)[i] == expected.masks[0].offset[i]));
    }
    support::memory_checkpoint counting;
    auto counted = support::perceptron<float>();
    static_cast<void>(run(&counting, 1, counted));
    REQUIRE(counting.saves == 12);
    for (std::size_t saves = 1; saves < counting.saves; ++saves) {
      support::memory_checkpoint place{.saves_until_failure = saves};
      auto first = support::perceptron<float>();
      CHECK(run(&place, 1, first).ending == espalier::prune::ending::failed);
      place.saves_until_failure = 100;
      auto second = support::perceptron<float>();
      const auto rest = run(&place, 1 + saves % 2, second);
      CHECK(all_weights(second) == all_weights(whole));
      CHECK(rest.report.metric == expected.report.metric);
      CHECK(rest.masks[0].mask == expected.masks[0].mask);
      CHECK(rest.masks[0].offset == expected.masks[0].offset);
    }
  }

  TEST_CASE("a penalty on whole neurons empties some that a training without it keeps, and only in its own layer") {
    const support::labelled<float> data(600, 6, 4);
    const train::trainer<float> trainer(data.view(), data.view());
    const std::vector<espalier::regularize::layer_penalty> penalties{
        {"dense_1", espalier::structure::grouping(espalier::structure::structured{}, {6, 9}),
         espalier::regularize::group_norms({.alpha = 0.05})}};
    auto plain = support::perceptron<float>();
    auto drawn = support::perceptron<float>();
    trainer.fit(plain, {}, {.epochs = 40, .level = 1});
    trainer.fit(drawn, {}, {.epochs = 40, .level = 1, .penalties = penalties});
    CHECK(trainer.evaluate(drawn) > 0.9);
    const auto small_neurons = [](perceptron& model) {
      std::size_t count = 0;
      for (std::size_t neuron = 0; neuron < 9; ++neuron) {
        float square = 0;
        for (std::size_t input = 0; input < 6; ++input) {
          const float weight = model.parameters()[0][9 * input + neuron];
          square += weight * weight;
        }
        count += square < 1e-4F ? 1U : 0U;
      }
      return count;
    };
    CHECK(small_neurons(plain) == 0);
    CHECK(small_neurons(drawn) > 0);
  }

  TEST_CASE("a penalty adds its own slope to the gradient") {
    const support::labelled<float> data(64, 6, 4);
    espalier::train::fit_options<espalier::optim::sgd> options{.batch = 64};
    options.optimizer.momentum = 0;
    options.learning_rate.rate = 0.5;
    auto plain = support::perceptron<float>();
    auto penalized = support::perceptron<float>();
    const auto before = all_weights(plain);
    train::fit(plain, data.view(), options);
    const espalier::structure::grouping groups(espalier::structure::structured{}, {9, 5});
    const espalier::regularize::group_norms norms({.alpha = 0.1, .beta = 0.2});
    const auto kernel = penalized.parameters()[2];
    const auto slope = norms(groups, std::span<const float>(kernel)).gradient;
    options.penalties = {{"dense_2", groups, norms}};
    train::fit(penalized, data.view(), options);
    const auto without = all_weights(plain);
    const auto with = all_weights(penalized);
    for (std::size_t i = 0; i < with.size(); ++i) {
      const bool in_kernel = i >= 54 + 9 && i < 54 + 9 + 45;
      const double expected = in_kernel ? 0.5 * static_cast<double>(slope[i - 63]) : 0;
      CHECK(static_cast<double>(without[i]) - static_cast<double>(with[i]) == doctest::Approx(expected).epsilon(1e-4));
    }
    options.penalties[0].layer = "dense_9";
    CHECK_THROWS_WITH_AS(train::fit(penalized, data.view(), options), doctest::Contains("'dense_9'"),
                         espalier::argument_error);
    options.penalties[0].layer = "dense_1";
    CHECK_THROWS_AS(train::fit(penalized, data.view(), options), espalier::shape_error);
  }

  TEST_CASE("a run of lottery tickets goes on inside a level without going back to the early weights again") {
    const support::labelled<float> data(300, 6, 4);
    const train::trainer<float> inner(data.view(), data.view(), {.batch = 32, .seed = 5});
    const auto run = [&](perceptron& model, support::memory_checkpoint& place) {
      const prune::snapshot early(model);
      inner.fit(model, {}, {.epochs = 2});
      prune::rewound trainer(inner, early);
      prune::options<> options{.relative_tolerance = 0.5, .epochs = 3};
      options.checkpoint = place;
      return prune::optimize(model, trainer, espalier::objective::parameters{},
                             espalier::schedule::constant({.initial = 0.5, .final = 0.75, .step = 0.25}), options);
    };
    auto whole = support::perceptron<float>();
    support::memory_checkpoint counting;
    const auto expected = run(whole, counting);
    REQUIRE(counting.saves > 8);
    for (std::size_t saves = 1; saves < counting.saves; ++saves) {
      support::memory_checkpoint place{.saves_until_failure = saves};
      auto first = support::perceptron<float>();
      CHECK(run(first, place).ending == prune::ending::failed);
      place.saves_until_failure = 100;
      auto second = support::perceptron<float>();
      const auto rest = run(second, place);
      CHECK(rest.report.metric == expected.report.metric);
      CHECK(all_weights(second) == all_weights(whole));
    }
  }
}
