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
#include <mutex>
#include <new>
#include <numeric>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <espalier/nn/batch_normalization.hpp>
#include <espalier/nn/dropout.hpp>
#include <espalier/nn/predictor.hpp>
#include <espalier/optim/cosine_rate.hpp>
#include <espalier/optim/sgd.hpp>
#include <espalier/train/chunk_loader.hpp>
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
// As std::stable_sort asks for memory.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t& /*no_exception*/) noexcept {
  ++allocations;
  return std::malloc(size);
}
// As workspaces do.
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t line) {
  ++allocations;
  const auto bytes = static_cast<std::size_t>(line);
  if (void* memory = std::aligned_alloc(bytes, (size + bytes - 1) / bytes * bytes)) {
    return memory;
  }
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
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

using support::all_weights;

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

/// What was drawn for each sample in each of its epochs.
using draws = std::map<float, std::vector<double>>;

/// Trains with an augmentation that draws one number for a sample and adds it to a feature.
struct augmented_run {
  explicit augmented_run(const train::data_view<float>& data, train::fit_options<> options) {
    std::mutex mutex;
    options.augment = [&](std::span<float> sample, espalier::random_generator& random) {
      const double draw = random.uniform();
      const std::scoped_lock lock(mutex);
      seen[sample[0]].push_back(draw);
      sample[1] += static_cast<float>(draw);
    };
    auto model = support::perceptron<float>();
    train::fit(model, data, options);
    for (const auto& parameter : model.parameters()) {
      weights.insert(weights.end(), parameter.begin(), parameter.end());
    }
  }
  draws seen;
  std::vector<float> weights;
};

/// Gives what is asked for.
struct from_memory {
  const support::labelled<float>& data;

  [[nodiscard]] std::size_t size() const { return data.labels.size(); }
  void load(const train::batch_request& request, train::batch_data<float>& batch) {
    batch = {};
    for (const std::uint32_t sample : request.samples) {
      batch.labels.push_back(data.labels[sample]);
      batch.samples.insert(batch.samples.end(), data.numbers.begin() + sample * 6,
                           data.numbers.begin() + (sample + 1) * 6);
    }
  }
};

template <class Data>
std::vector<float> trained_by(Data&& data, const train::fit_options<>& options) {
  auto model = support::perceptron<float>();
  train::fit(model, data, options);
  return all_weights(model);
}

/// 100 samples in chunks of 30, 50 and 20.
train::chunk_loader<float> in_chunks(const support::labelled<float>& data, bool shuffle) {
  return {{.sizes = {30, 50, 20}, .window = 2, .shuffle = shuffle},
          [&](std::size_t chunk, train::batch_data<float>& to) {
            const std::size_t begin = std::vector<std::size_t>{0, 30, 80, 100}[chunk];
            const std::size_t end = std::vector<std::size_t>{0, 30, 80, 100}[chunk + 1];
            to.labels.assign(data.labels.begin() + static_cast<std::ptrdiff_t>(begin),
                             data.labels.begin() + static_cast<std::ptrdiff_t>(end));
            to.samples.assign(data.numbers.begin() + static_cast<std::ptrdiff_t>(begin * 6),
                              data.numbers.begin() + static_cast<std::ptrdiff_t>(end * 6));
          }};
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

  TEST_CASE("a predictor allocates nothing when it predicts") {
    const auto model = support::convolutional<float>();
    const support::labelled<float> data(70, 8 * 9 * 2, 3);
    const auto numbers = std::span<const float>(data.numbers);
    std::vector<float> outputs(70 * 3);
    nn::predictor predict(model, 1);
    const std::size_t before = allocations;
    const float first = predict(numbers.first(8 * 9 * 2))[0];
    predict(numbers, outputs);
    CHECK(allocations == before);
    CHECK(outputs[0] == first);
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

  TEST_CASE("what is drawn for a sample depends on seed, epoch and its number, not on threads, batches or order") {
    const support::labelled<float> data(150, 6, 4);
    const augmented_run first(data.view(), {.epochs = 3, .batch = 150, .seed = 5});
    REQUIRE(first.seen.size() == 150);
    for (const auto& [sample, numbers] : first.seen) {
      REQUIRE(numbers.size() == 3);
      CHECK(numbers[0] != numbers[1]);
    }
    const augmented_run threads(data.view(), {.epochs = 3, .batch = 150, .seed = 5, .threads = 2});
    CHECK(threads.seen == first.seen);
    CHECK(threads.weights == first.weights);
    CHECK(augmented_run(data.view(), {.epochs = 3, .batch = 7, .seed = 5, .shuffle = false}).seen == first.seen);
    const augmented_run other(data.view(), {.epochs = 3, .batch = 150, .seed = 6});
    CHECK(other.seen != first.seen);
    CHECK(other.weights != first.weights);
  }

  TEST_CASE("the samples of the user stay as they are") {
    const support::labelled<float> data(150, 6, 4);
    const auto before = data.numbers;
    const augmented_run changed(data.view(), {.epochs = 1});
    CHECK(data.numbers == before);
  }

  TEST_CASE("an augmentation of other numbers than the network's is refused") {
    const support::labelled<float> data(30, 6, 4);
    auto model = support::perceptron<float>();
    train::fit_options<> options;
    options.augment = [](std::span<double>, espalier::random_generator&) {};
    CHECK_THROWS_AS(train::fit(model, data.view(), options), espalier::argument_error);
  }

  TEST_CASE("samples that a loader brings lead to the same bits as those in memory") {
    const support::labelled<float> data(333, 6, 4);
    train::fit_options<> options{.epochs = 3, .batch = 100, .seed = 5, .class_weights = {1, 2, 0.5, 1}};
    options.augment = [](std::span<float> sample, espalier::random_generator& random) {
      sample[2] += static_cast<float>(random.normal());
    };
    const auto expected = trained_by(data.view(), options);
    CHECK(trained_by(from_memory{data}, options) == expected);
    options.threads = 3;
    options.load_ahead = true;
    CHECK(trained_by(from_memory{data}, options) == expected);
    options.seed = 6;
    CHECK(trained_by(from_memory{data}, options) != expected);
  }

  TEST_CASE("chunks in order lead to the same bits as those in memory, and shuffled ones to those of their order") {
    const support::labelled<float> data(100, 6, 4);
    const train::fit_options<> options{.epochs = 1, .batch = 33, .seed = 5, .shuffle = false};
    CHECK(trained_by(in_chunks(data, false), options) == trained_by(data.view(), options));
    auto shuffled = data.view();
    std::vector<std::uint32_t> all(100);
    std::iota(all.begin(), all.end(), 0U);
    train::batch_data<float> batch;
    in_chunks(data, true).load({.samples = all, .seed = 5}, batch);
    shuffled.chosen = batch.numbers;
    CHECK(shuffled.chosen != all);
    CHECK(trained_by(in_chunks(data, true), options) == trained_by(shuffled, options));
  }

  TEST_CASE("an evaluation of what a loader brings is that of samples in memory") {
    const support::labelled<float> data(333, 6, 4);
    const auto model = support::perceptron<float>();
    const auto expected = train::evaluate(model, data.view());
    from_memory loader{data};
    CHECK(train::evaluate(model, loader).loss == doctest::Approx(expected.loss).epsilon(1e-12));
    const auto found = train::evaluate(model, loader, {.threads = 2, .batch = 50});
    CHECK(found.loss == doctest::Approx(expected.loss).epsilon(1e-6));
    CHECK(found.accuracy == expected.accuracy);
    CHECK_THROWS_AS((void)train::evaluate(model, loader, {.batch = 0}), espalier::argument_error);
  }

  TEST_CASE("a watched training takes a loader too") {
    const support::labelled<float> data(100, 6, 4);
    auto model = support::perceptron<float>();
    from_memory loader{data};
    const auto result = train::fit(model, loader, train::validation<float>{.data = data.view(), .keep_best = true},
                                   train::fit_options<>{.epochs = 4, .batch = 20, .learning_rate = {0.01}});
    CHECK(result.epochs == 4);
    CHECK(train::evaluate(model, data.view()).loss == result.best_loss);
  }

  TEST_CASE("settings that make no sense are refused whatever brings the samples") {
    const support::labelled<float> data(10, 6, 4);
    CHECK_THROWS_AS(trained_by(from_memory{data}, {.batch = 0}), espalier::argument_error);
    CHECK_THROWS_AS(trained_by(from_memory{data}, {.class_weights = {1}}), espalier::shape_error);
    CHECK_THROWS_WITH_AS(trained_by(in_chunks(data, true), {.batch = 10}).size(),
                         doctest::Contains("fit_options::shuffle = false"), espalier::argument_error);
  }
}
