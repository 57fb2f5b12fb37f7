// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <espalier/loss/mean_squared_error.hpp>
#include <espalier/nn/tanh.hpp>
#include <espalier/optim/adam.hpp>
#include <espalier/optim/sgd.hpp>
#include <espalier/train/fit.hpp>

#include "support/keras.hpp"
#include "support/networks.hpp"

namespace nn = espalier::nn;
namespace optim = espalier::optim;
namespace train = espalier::train;

namespace {

template <class T>
auto dense_network() {
  return nn::sequential({6}, 1, nn::masked<nn::dense<T>>(nn::dense_options{.units = 8}), nn::relu<T>(),
                        nn::masked<nn::dense<T>>(nn::dense_options{.units = 5}), nn::relu<T>(),
                        nn::masked<nn::dense<T>>(nn::dense_options{.units = 3}), nn::softmax<T>());
}

template <class T>
auto convolutional_network() {
  return nn::sequential({6, 6, 1}, 1, nn::masked<nn::conv2d<T>>(nn::conv2d_options{.filters = 3}), nn::relu<T>(),
                        nn::max_pool2d<T>(), nn::flatten<T>(), nn::masked<nn::dense<T>>(nn::dense_options{.units = 3}));
}

/// Variables of a case in the order of parameters().
const std::vector<std::string> dense_variables{"dense/kernel", "dense/bias",     "dense_1/kernel",
                                               "dense_1/bias", "dense_2/kernel", "dense_2/bias"};
const std::vector<std::string> convolutional_variables{"conv2d/kernel", "conv2d/bias", "dense/kernel", "dense/bias"};

/// Twenty steps, in the order of the samples: the loss before each and the weights after the last are Keras's.
template <class Loss = espalier::loss::categorical_cross_entropy, class Model, class Optimizer>
void check_training(Model model, const std::vector<std::string>& variables, const std::string& name,
                    const Optimizer& optimizer) {
  using T = typename Model::value_type;
  CAPTURE(name);
  const auto file = support::keras_file("train.json");
  const auto& found = support::keras_case(file, name);
  const auto& shared = file.at("shared");
  const auto& data = shared.at(found.at("data").get<std::string>());
  const auto parameters = model.parameters();
  REQUIRE(parameters.size() == variables.size());
  for (std::size_t v = 0; v < variables.size(); ++v) {
    const auto start = support::keras_array<T>(shared.at(found.at("start").get<std::string>()).at(variables[v]));
    REQUIRE(start.size() == parameters[v].size());
    std::copy(start.begin(), start.end(), parameters[v].begin());
  }
  if (found.contains("masks")) {
    std::vector<espalier::mask::weight_mask<T>> masks;
    for (std::size_t v = 0; v < variables.size(); v += 2) {
      const std::string layer = variables[v].substr(0, variables[v].find('/'));
      masks.push_back(espalier::mask::keep_all<T>(parameters[v].size()));
      if (found.at("masks").contains(layer)) {
        masks.back().mask = support::keras_array<std::uint8_t>(found.at("masks").at(layer));
      }
    }
    model.set_masks(masks);
  }

  const auto samples = support::keras_array<T>(data.at("x"));
  const auto targets = support::keras_array<T>(data.at("y"));
  const auto outputs = model.output_shape().size();
  std::vector<std::uint32_t> labels(targets.size() / outputs);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    labels[i / outputs] = targets[i] > 0 ? static_cast<std::uint32_t>(i % outputs) : labels[i / outputs];
  }
  // Keras has the classes as targets too, which are slower.
  const bool classes = std::is_same_v<Loss, espalier::loss::categorical_cross_entropy>;
  const auto view = classes ? train::view_all<T>(std::span<const T>(samples), labels)
                            : train::view_all<T>(std::span<const T>(samples), std::span<const T>(targets), outputs);
  const auto batch = found.at("batch_size").template get<std::size_t>();
  const auto& expected = sizeof(T) == 4 ? found : found.at("float64");
  const auto losses = expected.at("loss_per_step").template get<std::vector<double>>();
  std::vector<double> own_losses;
  train::fit_options<Optimizer, optim::constant_rate, Loss> options{
      .epochs = 20 * batch / labels.size(),
      .batch = batch,
      .shuffle = false,
      .optimizer = optimizer,
      .learning_rate = {found.at("optimizer").at("learning_rate").template get<double>()}};
  options.on_step = [&](const train::progress& where) { own_losses.push_back(where.loss); };
  train::fit(model, view, options);

  REQUIRE(own_losses.size() == 20);
  for (std::size_t step = 0; step < 20; ++step) {
    CAPTURE(step);
    CHECK(own_losses[step] == doctest::Approx(losses[step]).epsilon(sizeof(T) == 4 ? 2e-5 : 1e-7));
  }
  const double drift = sizeof(T) == 4 ? 5 * found.at("largest_float32_drift").template get<double>() : 1e-7;
  for (std::size_t v = 0; v < variables.size(); ++v) {
    CAPTURE(variables[v]);
    const auto after = support::keras_array<T>(expected.at("final").at(variables[v]));
    for (std::size_t i = 0; i < after.size(); ++i) {
      CHECK(std::abs(static_cast<double>(parameters[v][i]) - static_cast<double>(after[i])) <= drift);
    }
  }
}

}  // namespace

TEST_SUITE("keras") {
  TEST_CASE_TEMPLATE("a dense network trains as in Keras", T, float, double) {
    check_training(dense_network<T>(), dense_variables, "dense adam", optim::adam{});
    check_training(dense_network<T>(), dense_variables, "dense sgd", optim::sgd{});
    check_training(dense_network<T>(), dense_variables, "dense sgd nesterov",
                   optim::sgd{.momentum = 0.9, .nesterov = true});
  }

  TEST_CASE_TEMPLATE("a masked network trains as in Keras", T, float, double) {
    check_training(dense_network<T>(), dense_variables, "dense masked adam", optim::adam{});
    check_training(dense_network<T>(), dense_variables, "dense masked sgd momentum", optim::sgd{.momentum = 0.9});
    check_training(convolutional_network<T>(), convolutional_variables, "conv masked adam", optim::adam{});
  }

  TEST_CASE_TEMPLATE("a convolutional network trains as in Keras", T, float, double) {
    check_training(convolutional_network<T>(), convolutional_variables, "conv adam", optim::adam{});
    check_training(convolutional_network<T>(), convolutional_variables, "conv sgd", optim::sgd{});
  }

  TEST_CASE_TEMPLATE("a regression trains as in Keras", T, float, double) {
    check_training<espalier::loss::mean_squared_error>(
        nn::sequential({4}, 1, nn::dense<T>({.units = 7}), nn::tanh<T>(), nn::dense<T>({.units = 2})),
        {"dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"}, "regression adam", optim::adam{});
  }
}
