// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <espalier/loss/mean_squared_error.hpp>
#include <espalier/nn/average_pool2d.hpp>
#include <espalier/nn/batch_normalization.hpp>
#include <espalier/nn/graph.hpp>
#include <espalier/nn/tanh.hpp>
#include <espalier/optim/adam.hpp>
#include <espalier/optim/sgd.hpp>
#include <espalier/regularize/layer_penalty.hpp>
#include <espalier/structure/grouping.hpp>
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

/// A variable of a case; both moving averages of a batch normalization are one, and an empty name is none.
template <class T>
std::vector<T> variable(const nlohmann::json& all, const std::string& name) {
  if (name.empty()) {
    return {};
  }
  const std::size_t both = name.find("_mean+variance");
  if (both == std::string::npos) {
    return support::keras_array<T>(all.at(name));
  }
  auto result = support::keras_array<T>(all.at(name.substr(0, both) + "_mean"));
  const auto variances = support::keras_array<T>(all.at(name.substr(0, both) + "_variance"));
  result.insert(result.end(), variances.begin(), variances.end());
  return result;
}

/// Twenty steps, in the order of the samples: the loss before each and the weights after the last are Keras's. There
/// penalties are a part of the loss, here they are not.
template <class Loss = espalier::loss::categorical_cross_entropy, class Model, class Optimizer>
void check_training(Model model, const std::vector<std::string>& variables, const std::string& name,
                    const Optimizer& optimizer,
                    const std::vector<espalier::regularize::layer_penalty>& penalties = {}) {
  using T = typename Model::value_type;
  const auto file = support::keras_file("train.json");
  const auto& found = support::keras_case(file, name);
  const auto& shared = file.at("shared");
  const auto& data = shared.at(found.at("data").get<std::string>());
  const auto parameters = model.parameters();
  REQUIRE(parameters.size() == variables.size());
  for (std::size_t v = 0; v < variables.size(); ++v) {
    const auto start = variable<T>(shared.at(found.at("start").get<std::string>()), variables[v]);
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
  options.penalties = penalties;
  options.on_step = [&](const train::progress& where) { own_losses.push_back(where.loss); };
  train::fit(model, view, options);

  REQUIRE(own_losses.size() == 20);
  for (std::size_t step = 0; step < (penalties.empty() ? 20U : 0U); ++step) {
    CAPTURE(step);
    CHECK(own_losses[step] == doctest::Approx(losses[step]).epsilon(sizeof(T) == 4 ? 2e-5 : 1e-7));
  }
  const double drift = sizeof(T) == 4 ? 5 * found.at("largest_float32_drift").template get<double>() : 1e-7;
  for (std::size_t v = 0; v < variables.size(); ++v) {
    CAPTURE(variables[v]);
    if (sizeof(T) == 8 && variables[v].find("moving") != std::string::npos) {
      continue;  // the file has them in float only
    }
    const auto after = variable<T>(expected.at("final"), variables[v]);
    for (std::size_t i = 0; i < after.size(); ++i) {
      CHECK(std::abs(static_cast<double>(parameters[v][i]) - static_cast<double>(after[i])) <= drift);
    }
  }
}

/// The network of the case with batch normalizations, made in a row and as a graph.
template <class T>
void check_normalized(const std::string& name) {
  const std::vector<std::string> variables{"conv2d/kernel",
                                           "",
                                           "batch_normalization/gamma",
                                           "batch_normalization/beta",
                                           "batch_normalization/moving_mean+variance",
                                           "dense/kernel",
                                           "dense/bias",
                                           "batch_normalization_1/gamma",
                                           "batch_normalization_1/beta",
                                           "batch_normalization_1/moving_mean+variance",
                                           "dense_1/kernel",
                                           "dense_1/bias"};
  const optim::sgd optimizer{.momentum = 0.5};
  check_training(nn::sequential({6, 6, 1}, 1, nn::conv2d<T>({.filters = 3, .bias = false}),
                                nn::batch_normalization<T>({.momentum = 0.9}), nn::relu<T>(), nn::average_pool2d<T>(),
                                nn::flatten<T>(), nn::dense<T>({.units = 6}), nn::batch_normalization<T>(),
                                nn::relu<T>(), nn::dense<T>({.units = 3})),
                 variables, name, optimizer);
  nn::graph<T> net({6, 6, 1}, 1);
  auto at = net.add(nn::conv2d<T>({.filters = 3, .bias = false}), net.input());
  at = net.add(nn::relu<T>(), net.add(nn::batch_normalization<T>({.momentum = 0.9}), at));
  at = net.add(nn::dense<T>({.units = 6}), net.add(nn::flatten<T>(), net.add(nn::average_pool2d<T>(), at)));
  at = net.add(nn::relu<T>(), net.add(nn::batch_normalization<T>(), at));
  net.add(nn::dense<T>({.units = 3}), at);
  check_training(net, variables, name, optimizer);
}

/// Each weight of the kernels a group of its own: the norms of groups are their sizes.
std::vector<espalier::regularize::layer_penalty> sizes_of_weights(double strength) {
  using espalier::structure::grouping;
  const espalier::regularize::group_norms norms({.alpha = strength});
  return {{"dense_1", grouping(espalier::structure::unstructured{}, {6, 8}), norms},
          {"dense_2", grouping(espalier::structure::unstructured{}, {8, 5}), norms}};
}

/// Cases of the file that no test reads, and why.
const std::map<std::string, std::string> out_of_scope{
    {"dense masked adam with l2", "penalties are norms, not their squares; those are the optimizer's weight_decay"}};

using training = std::function<void(const std::string& name)>;

template <class T>
const std::map<std::string, training>& trainings() {
  const auto dense = [](const std::string& name, const auto& optimizer) {
    check_training(dense_network<T>(), dense_variables, name, optimizer);
  };
  const auto convolutional = [](const std::string& name, const auto& optimizer) {
    check_training(convolutional_network<T>(), convolutional_variables, name, optimizer);
  };
  static const std::map<std::string, training> result{
      {"dense adam", [=](const std::string& name) { dense(name, optim::adam{}); }},
      {"dense sgd", [=](const std::string& name) { dense(name, optim::sgd{}); }},
      {"dense sgd nesterov",
       [=](const std::string& name) { dense(name, optim::sgd{.momentum = 0.9, .nesterov = true}); }},
      {"dense masked adam", [=](const std::string& name) { dense(name, optim::adam{}); }},
      {"dense masked sgd momentum", [=](const std::string& name) { dense(name, optim::sgd{.momentum = 0.9}); }},
      {"dense l1 sgd",
       [](const std::string& name) {
         check_training(dense_network<T>(), dense_variables, name, optim::sgd{}, sizes_of_weights(0.005F));
       }},
      {"conv masked adam", [=](const std::string& name) { convolutional(name, optim::adam{}); }},
      {"conv adam", [=](const std::string& name) { convolutional(name, optim::adam{}); }},
      {"conv sgd", [=](const std::string& name) { convolutional(name, optim::sgd{}); }},
      {"regression adam",
       [](const std::string& name) {
         check_training<espalier::loss::mean_squared_error>(
             nn::sequential({4}, 1, nn::dense<T>({.units = 7}), nn::tanh<T>(), nn::dense<T>({.units = 2})),
             {"dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"}, name, optim::adam{});
       }},
      {"conv batch normalization sgd", check_normalized<T>}};
  return result;
}

}  // namespace

TEST_SUITE("keras") {
  TEST_CASE_TEMPLATE("networks train as in Keras, in every case of the file that is in scope", T, float, double) {
    const auto file = support::keras_file("train.json");
    std::size_t left_out = 0;
    for (const auto& found : file.at("cases")) {
      const std::string name = found.at("name");
      CAPTURE(name);
      if (out_of_scope.contains(name)) {
        ++left_out;
      } else {
        REQUIRE(trainings<T>().contains(name));
        trainings<T>().at(name)(name);
      }
    }
    CHECK(file.at("cases").size() >= 12);
    CHECK(left_out == out_of_scope.size());
  }
}
