// SPDX-License-Identifier: Apache-2.0
#include <espalier/train/fit.hpp>

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <map>
#include <new>
#include <stop_token>
#include <string>
#include <vector>

#include <espalier/nn/batch_normalization.hpp>
#include <espalier/nn/dropout.hpp>
#include <espalier/optim/cosine_rate.hpp>
#include <espalier/optim/sgd.hpp>
#include <espalier/train/evaluate.hpp>
#include <espalier/train/gradients.hpp>

#include "support/instruction_sets.hpp"
#include "support/networks.hpp"

/// Counts what the whole program allocates.
namespace {
std::atomic<std::size_t> allocations = 0;
}
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) {
    return memory;
  }
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace nn = espalier::nn;
namespace optim = espalier::optim;
namespace train = espalier::train;

namespace {

template <class Model>
std::vector<typename Model::value_type> all_weights(Model& model) {
  std::vector<typename Model::value_type> result;
  for (const auto& parameter : model.parameters()) {
    result.insert(result.end(), parameter.begin(), parameter.end());
  }
  return result;
}

/// Trains a fresh network and gives its weights.
template <class T>
std::vector<T> trained(const train::fit_options<>& options, std::uint32_t samples = 333) {
  const support::labelled<T> data(samples, 8 * 9 * 2, 3);
  auto model = support::convolutional<T>();
  train::fit(model, data.view(), options);
  return all_weights(model);
}

/// Every third weight held: those of the first layer at 0, those of the second at a shared mean.
template <class Model>
void hold_a_third(Model& model) {
  std::vector<espalier::mask::weight_mask<typename Model::value_type>> masks;
  for (const auto& layer : model.layers()) {
    masks.push_back(espalier::mask::keep_all<typename Model::value_type>(layer.kernel.size()));
    for (std::size_t i = 0; layer.attributes.optimizable && i < layer.kernel.size(); i += 3) {
      masks.back().mask[i] = 0;
    }
  }
  masks[1].offset.assign(masks[1].mask.size(), 0.1F);
  model.set_masks(masks);
}

template <class Optimizer>
void check_masks_hold(const Optimizer& optimizer) {
  const support::labelled<float> data(200, 6, 4);
  auto model = support::perceptron<float>();
  hold_a_third(model);
  train::fit(model, data.view(),
             train::fit_options<Optimizer, optim::constant_rate>{
                 .epochs = 40, .batch = 50, .optimizer = optimizer, .learning_rate = {0.05}});
  bool exact = true;
  for (std::size_t i = 0; i < 54; ++i) {
    exact &= i % 3 != 0 || (model.parameters()[0][i] == 0 && !std::signbit(model.parameters()[0][i]));
  }
  for (std::size_t i = 0; i < 45; i += 3) {
    exact &= model.parameters()[2][i] == 0.1F;
  }
  CHECK(exact);
  CHECK(train::evaluate(model, data.view()).accuracy > 0.8);
}

std::string failure(auto&& action) {
  try {
    action();
  } catch (const espalier::numeric_error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace

TEST_SUITE("train") {
  TEST_CASE("training learns what there is to learn") {
    const support::labelled<double> data(400, 8 * 9 * 2, 3);
    auto model = support::convolutional<double>();
    const double before = train::evaluate(model, data.view()).loss;
    train::fit(model, data.view(), train::fit_options<>{.epochs = 5, .batch = 32, .learning_rate = {0.01}});
    CHECK(train::evaluate(model, data.view()).loss < 0.1 * before);
    CHECK(train::evaluate(model, data.view()).accuracy > 0.99);
  }

  TEST_CASE("one step of plain descent goes down the mean gradient") {
    const support::labelled<double> data(20, 6, 4);
    auto model = support::perceptron<double>();
    const auto before = all_weights(model);
    const auto gradients = train::mean_absolute_gradients(model, data.view());
    train::fit(model, data.view(),
               train::fit_options<optim::sgd, optim::constant_rate>{.batch = 20, .learning_rate = {0.5}});
    const auto after = all_weights(model);
    for (std::size_t i = 0; i < 54; ++i) {
      CHECK(std::abs(after[i] - before[i]) == doctest::Approx(0.5 * gradients[0][i]).epsilon(1e-9).scale(1e-9));
    }
  }

  TEST_CASE_TEMPLATE("the weights are the same bits for any number of threads", T, float, double) {
    for (const std::size_t batch : {128U, 200U, 1000U}) {
      const auto one = trained<T>({.epochs = 2, .batch = batch, .seed = 5});
      CHECK(trained<T>({.epochs = 2, .batch = batch, .seed = 5, .threads = 2}) == one);
      CHECK(trained<T>({.epochs = 2, .batch = batch, .seed = 5, .threads = 4}) == one);
    }
  }

  TEST_CASE(
      "with layers that look at whole batches, or drop at random, the weights are the same bits for any threads") {
    const support::labelled<float> data(333, 6, 4);
    const auto normalized = [&](std::size_t threads, std::uint64_t seed) {
      nn::sequential net({6}, 1, nn::dense<float>({.units = 9}), nn::batch_normalization<float>(), nn::relu<float>(),
                         nn::dropout<float>(0.2), nn::masked<nn::dense<float>>(nn::dense_options{.units = 4}),
                         nn::batch_normalization<float>(), nn::softmax<float>());
      std::array<std::size_t, 6> seen{};
      train::fit_options<> options{.epochs = 2, .batch = 150, .seed = seed, .threads = threads};
      options.on_step = [&](const train::progress& where) { seen[where.step - 1] = allocations; };
      const double before = train::evaluate(net, data.view()).loss;
      train::fit(net, data.view(), options);
      CHECK(seen[5] == seen[0]);
      CHECK(train::evaluate(net, data.view()).loss < before);
      CHECK(train::fisher_information(net, data.view()).size() == 2);
      return all_weights(net);
    };
    const auto one = normalized(1, 5);
    CHECK(normalized(2, 5) == one);
    CHECK(normalized(4, 5) == one);
    CHECK(normalized(1, 6) != one);
  }

  TEST_CASE("the weights are the same bits with AVX2 and AVX-512") {
    std::map<espalier::kernels::instruction_set, std::vector<float>> results;
    support::with_each_instruction_set(
        [&](espalier::kernels::instruction_set set) { results[set] = trained<float>({.epochs = 3, .seed = 5}); });
    for (const auto& [set, weights] : results) {
      if (set != espalier::kernels::instruction_set::portable) {
        CHECK(weights == std::next(results.begin())->second);
      }
    }
  }

  TEST_CASE("the same seed gives the same bits, another one others") {
    const auto first = trained<float>({.epochs = 2, .seed = 5, .threads = 2});
    CHECK(trained<float>({.epochs = 2, .seed = 5, .threads = 2}) == first);
    CHECK(trained<float>({.epochs = 2, .seed = 6, .threads = 2}) != first);
  }

  TEST_CASE("masked weights stay exactly 0 or exactly their mean through every optimizer") {
    check_masks_hold(optim::sgd{});
    check_masks_hold(optim::sgd{.momentum = 0.9});
    check_masks_hold(optim::sgd{.momentum = 0.9, .nesterov = true});
    check_masks_hold(optim::sgd{.momentum = 0.9, .weight_decay = 0.1});
    check_masks_hold(optim::adam{});
    check_masks_hold(optim::adam{.weight_decay = 0.1});
  }

  TEST_CASE("weights that are not finite stop the training with their layer and the step") {
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                            -std::numeric_limits<float>::infinity()}) {
      const support::labelled<float> data(300, 6, 4);
      auto model = support::perceptron<float>();
      model.parameters()[3][4] = bad;
      CHECK(failure([&] { train::fit(model, data.view(), train::fit_options<>{}); }) ==
            "espalier::train::fit: got weights of layer 'dense_2' that are not finite at step 0, expected finite "
            "numbers; a lower learning rate may help");
    }
  }

  TEST_CASE("a weight that breaks during training is found at its step") {
    const support::labelled<float> data(300, 6, 4);
    auto model = support::perceptron<float>();
    train::fit_options<> options{.epochs = 3, .batch = 100};
    options.on_step = [&](const train::progress& where) {
      if (where.step == 4) {
        model.parameters()[0][1] = std::numeric_limits<float>::quiet_NaN();
      }
    };
    const std::string message = failure([&] { train::fit(model, data.view(), options); });
    CHECK(message.find("of layer 'dense_") != std::string::npos);
    CHECK(message.find("not finite at step 4,") != std::string::npos);
  }

  TEST_CASE("a learning rate that blows up stops the training, and says so with the layer and the step") {
    const support::labelled<float> data(300, 6, 4);
    auto model = support::perceptron<float>();
    const std::string message = failure([&] {
      train::fit(model, data.view(),
                 train::fit_options<optim::sgd, optim::constant_rate>{
                     .epochs = 50, .batch = 100, .optimizer = {.momentum = 0.9}, .learning_rate = {1e30}});
    });
    for (const float weight : all_weights(model)) {
      CHECK(std::isfinite(weight));  // those before the step that broke them
    }
    CHECK(message.find("espalier::train::fit: got ") == 0);
    CHECK(message.find("layer") != std::string::npos);
    CHECK(message.find("dense_") != std::string::npos);
    CHECK(message.find(" at step ") != std::string::npos);
  }

  TEST_CASE("gradients that are not finite do not reach the weights") {
    const support::labelled<float> data(64, 6, 4);
    auto model = support::perceptron<float>();
    for (const auto& parameter : model.parameters()) {
      for (float& weight : parameter) {
        weight *= 1e30F;
      }
    }
    const auto before = all_weights(model);
    const std::string message = failure([&] { train::fit(model, data.view(), train::fit_options<>{}); });
    CHECK(message.find("not finite at step 0") != std::string::npos);
    CHECK(all_weights(model) == before);
  }

  TEST_CASE("settings and data that make no sense are refused") {
    const support::labelled<float> data(30, 6, 4);
    auto model = support::perceptron<float>();
    const auto before = all_weights(model);
    CHECK_THROWS_WITH_AS(train::fit(model, data.view(), train::fit_options<>{.batch = 0}),
                         "espalier::train::fit: got batches of 0 samples, expected 1 or more",
                         espalier::argument_error);
    for (const double rate : {0.0, -1e-3, std::numeric_limits<double>::quiet_NaN()}) {
      CHECK_THROWS_AS(train::fit(model, data.view(), train::fit_options<>{.learning_rate = {rate}}),
                      espalier::argument_error);
    }
    const support::labelled<float> wide(30, 7, 4);
    CHECK_THROWS_AS(train::fit(model, wide.view(), train::fit_options<>{}), espalier::shape_error);
    const support::labelled<float> five(200, 6, 5);
    CHECK_THROWS_AS(train::fit(model, five.view(), train::fit_options<>{}), espalier::argument_error);
    auto none = data.view();
    none.chosen.clear();
    CHECK_THROWS_WITH_AS(train::fit(model, none, train::fit_options<>{}),
                         "espalier::train::fit: got a view of no samples, expected 1 or more",
                         espalier::argument_error);
    CHECK(all_weights(model) == before);
  }

  TEST_CASE("a class that weighs twice is as if its samples were there twice") {
    const support::labelled<double> data(60, 6, 4);
    auto twice = data.view();
    std::vector<double> half(60, 0.5);
    for (std::uint32_t sample = 0; sample < 60; ++sample) {
      if (data.labels[sample] == 2) {
        twice.chosen.push_back(sample);
      }
    }
    const auto step = [&](const train::data_view<double>& view, std::vector<double> class_weights, double rate) {
      auto model = support::perceptron<double>();
      train::fit_options<optim::sgd, optim::constant_rate> options{.batch = 200, .learning_rate = {rate}};
      options.class_weights = std::move(class_weights);
      train::fit(model, view, options);
      return all_weights(model);
    };
    // The loss is divided by the number of samples, not by their weights.
    const double rate = 0.1 * static_cast<double>(twice.chosen.size()) / 60;
    const auto expected = step(twice, {}, rate);
    const auto by_class = step(data.view(), {1, 1, 2, 1}, 0.1);
    auto halved = data.view();
    halved.weights = half;
    const auto by_both = step(halved, {2, 2, 4, 2}, 0.1);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CHECK(by_class[i] == doctest::Approx(expected[i]).epsilon(1e-9));
      CHECK(by_both[i] == doctest::Approx(expected[i]).epsilon(1e-9));
    }
    CHECK_THROWS_WITH_AS(step(data.view(), {1, 2}, 0.1),
                         "espalier::train::fit: got 2 weights of classes, expected 4, one per class",
                         espalier::shape_error);
    CHECK_THROWS_AS(step(data.view(), {1, 2, -1, 1}, 0.1), espalier::argument_error);
  }

  TEST_CASE("a batch larger than the data is all of the data") {
    const auto large = trained<float>({.epochs = 2, .batch = 5000}, 100);
    CHECK(large == trained<float>({.epochs = 2, .batch = 100}, 100));
  }

  TEST_CASE("callbacks see every step and epoch, with the losses of the samples") {
    const support::labelled<double> data(70, 6, 4);
    auto model = support::perceptron<double>();
    std::vector<train::progress> steps;
    std::vector<train::progress> epochs;
    train::fit_options<> options{.epochs = 2, .batch = 32, .learning_rate = {1e-9}};
    options.on_step = [&](const train::progress& where) { steps.push_back(where); };
    options.on_epoch = [&](const train::progress& where) { epochs.push_back(where); };
    const double loss = train::evaluate(model, data.view()).loss;
    train::fit(model, data.view(), options);
    REQUIRE(steps.size() == 6);
    REQUIRE(epochs.size() == 2);
    for (std::size_t i = 0; i < 6; ++i) {
      CHECK(steps[i].step == i + 1);
      CHECK(steps[i].steps == 6);
      CHECK(steps[i].epoch == i / 3);
    }
    CHECK(epochs[1].epoch == 1);
    CHECK(epochs[1].step == 6);
    CHECK(epochs[0].loss == doctest::Approx(loss).epsilon(1e-5));
    CHECK((32 * steps[0].loss + 32 * steps[1].loss + 6 * steps[2].loss) / 70 == doctest::Approx(epochs[0].loss));
  }

  TEST_CASE("after the first step no step allocates anything") {
    const support::labelled<float> data(600, 8 * 9 * 2, 3);
    for (const std::size_t threads : {1U, 2U}) {
      auto model = support::convolutional<float>();
      hold_a_third(model);
      std::array<std::size_t, 10> seen{};
      train::fit_options<> options{.epochs = 2, .batch = 128, .threads = threads};
      options.on_step = [&](const train::progress& where) { seen[where.step - 1] = allocations; };
      train::fit(model, data.view(), options);
      for (std::size_t step = 1; step < seen.size(); ++step) {
        CHECK(seen[step] == seen[0]);
      }
    }
  }

  TEST_CASE("a stop request ends the training before its next step") {
    const support::labelled<float> data(300, 6, 4);
    auto model = support::perceptron<float>();
    std::stop_source source;
    std::size_t steps = 0;
    std::size_t epochs = 0;
    train::fit_options<> options{.epochs = 10, .batch = 50, .stop = source.get_token()};
    options.on_step = [&](const train::progress& where) {
      ++steps;
      if (where.step == 8) {
        source.request_stop();
      }
    };
    options.on_epoch = [&](const train::progress&) { ++epochs; };
    train::fit(model, data.view(), options);
    CHECK(steps == 8);
    CHECK(epochs == 1);
  }

  TEST_CASE("what a callback throws reaches the caller") {
    const support::labelled<float> data(300, 6, 4);
    auto model = support::perceptron<float>();
    train::fit_options<> options{.threads = 2};
    options.on_step = [](const train::progress&) { throw std::runtime_error("enough"); };
    CHECK_THROWS_WITH(train::fit(model, data.view(), options), "enough");
  }

  TEST_CASE("no epochs change nothing but what the masks hold") {
    const support::labelled<float> data(30, 6, 4);
    auto model = support::perceptron<float>();
    const auto before = all_weights(model);
    train::fit(model, data.view(), train::fit_options<>{.epochs = 0});
    CHECK(all_weights(model) == before);
  }
}
