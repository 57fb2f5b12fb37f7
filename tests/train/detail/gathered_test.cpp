// SPDX-License-Identifier: Apache-2.0
#include <espalier/train/detail/gathered.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include <espalier/nn/batch_normalization.hpp>
#include <espalier/nn/dropout.hpp>
#include <espalier/nn/global_average_pool2d.hpp>
#include <espalier/nn/graph.hpp>
#include <espalier/optim/sgd.hpp>
#include <espalier/structure/rules.hpp>
#include <espalier/train/evaluate.hpp>
#include <espalier/train/fit.hpp>

#include "support/networks.hpp"

namespace nn = espalier::nn;
namespace optim = espalier::optim;
namespace train = espalier::train;

namespace {

using support::all_weights;

auto conv2d(std::size_t filters) {
  return nn::masked<nn::conv2d<double>>(
      nn::conv2d_options{.filters = filters, .kernel = {3, 3}, .padding = nn::padding::same});
}
auto dense(std::size_t units) {
  return nn::masked<nn::dense<double>>(nn::dense_options{.units = units});
}

/// A residual, a branch beside it whose channels are concatenated, and another that leads nowhere.
nn::graph<double> branching() {
  nn::graph<double> net({4, 5, 2}, 3);
  const auto first = net.add(nn::relu<double>(), net.add(conv2d(6), net.input()));
  const auto second = net.add(conv2d(6), first);
  const auto sum = net.add(nn::relu<double>(), net.add_up({first, second}));
  net.add(conv2d(3), sum);  // leads nowhere
  const auto other = net.add(nn::relu<double>(), net.add(conv2d(5), net.input()));
  const auto both = net.add(nn::max_pool2d<double>(), net.concatenate({sum, other}));
  const auto hidden = net.add(nn::relu<double>(), net.add(dense(9), net.add(nn::flatten<double>(), both)));
  net.add(nn::softmax<double>(), net.add(nn::dense<double>({.units = 3}), hidden));
  return net;
}

/// Layers between which units are mixed, and others.
auto mixing() {
  return nn::sequential({4, 5, 2}, 3, conv2d(6), nn::batch_normalization<double>({.momentum = 0.8}), nn::relu<double>(),
                        conv2d(6), nn::relu<double>(), conv2d(4), nn::relu<double>(),
                        nn::global_average_pool2d<double>(), dense(9), nn::relu<double>(), nn::dropout<double>(0.3),
                        dense(9), nn::relu<double>(), nn::dense<double>({.units = 3}), nn::softmax<double>());
}

/// Prunes whole units of every masked layer, and some outputs that nobody then reads.
template <class Model>
void prune_units(Model& model) {
  std::vector<espalier::mask::weight_mask<typename Model::value_type>> masks;
  for (const auto& layer : model.layers()) {
    const std::size_t units = layer.attributes.kernel_shape.back();
    masks.push_back(espalier::mask::keep_all<typename Model::value_type>(layer.kernel.size()));
    for (std::size_t i = 0; layer.attributes.optimizable && i < layer.kernel.size(); ++i) {
      masks.back().mask[i] = (i % units) % 3 == 0 || i / units == 4 ? 0 : 1;
    }
    for (std::size_t unit = 0; unit < layer.bias.size(); ++unit) {
      layer.bias[unit] = unit % 2 == 0 ? -0.1F : 0.1F;  // so that units without inputs are silent, or constant
    }
  }
  model.set_masks(masks);
}

/// Trains with dead units left out, or not.
/// @return all weights, and how many were trained.
template <class Model, class Options>
std::pair<std::vector<typename Model::value_type>, std::size_t> trained_in_parts(Model model, Options options,
                                                                                 bool gather) {
  using value_type = typename Model::value_type;
  prune_units(model);
  options.gather = gather;
  std::size_t count = 0;
  {
    train::detail::gathered<Model> network(model, options);
    count = all_weights(network.model()).size();
  }
  const support::labelled<value_type> data(200, model.input_shape().size(), 3);
  train::fit(model, data.view(), options);
  return {all_weights(model), count};
}

/// Dead units make no difference but for rounding, and in how much is trained.
template <class Model, class Options>
void check_gathering(const Model& model, const Options& options) {
  const auto [whole, all] = trained_in_parts(model, options, false);
  const auto [parts, fewer] = trained_in_parts(model, options, true);
  CHECK(fewer < all);
  CHECK(all == whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    CHECK(parts[i] == doctest::Approx(whole[i]).epsilon(1e-9).scale(1e-3));
    CHECK((parts[i] == 0) == (whole[i] == 0));
  }
}

/// How many units each layer with a kernel has in training.
template <class Model, class Options>
std::vector<std::size_t> units_trained(Model& model, const Options& options) {
  train::detail::gathered<Model> network(model, options);
  std::vector<std::size_t> units;
  for (const auto& layer : network.model().layers()) {
    units.push_back(layer.attributes.kernel_shape.back());
  }
  return units;
}

}  // namespace

TEST_SUITE("train") {
  TEST_CASE("dead units are left out of the training and the result is the same, optimizer and all") {
    check_gathering(support::perceptron<double>(), train::fit_options<>{.epochs = 4, .batch = 32, .seed = 3});
    check_gathering(support::convolutional<double>(), train::fit_options<>{.epochs = 2, .batch = 32, .seed = 3});
    check_gathering(
        support::perceptron<double>(),
        train::fit_options<optim::sgd, optim::constant_rate>{
            .epochs = 3, .batch = 50, .optimizer = {.momentum = 0.9, .nesterov = true}, .learning_rate = {0.1}});
  }

  TEST_CASE("units that are added up go together or not at all, those of branches by themselves") {
    check_gathering(branching(), train::fit_options<>{.epochs = 2, .batch = 32, .seed = 3});
    auto model = branching();
    prune_units(model);
    // Unit 0 of both summands is silent; unit 3 has no inputs either, but a positive bias. Of the layer that leads
    // nowhere one unit is left.
    CHECK(units_trained(model, train::fit_options<>{}) == std::vector<std::size_t>{5, 5, 1, 4, 7, 3});
    const auto layers = model.layers();
    layers[1].bias[0] = 0.1;
    CHECK(units_trained(model, train::fit_options<>{})[0] == 6);
  }

  TEST_CASE("units stay that a layer mixes, and others of that network go") {
    check_gathering(mixing(), train::fit_options<>{.epochs = 2, .batch = 32, .seed = 3});
    auto model = mixing();
    prune_units(model);
    CHECK(units_trained(model, train::fit_options<>{}) == std::vector<std::size_t>{6, 5, 3, 9, 7, 3});
  }

  TEST_CASE("a network can be made anew with other units") {
    auto row = support::convolutional<double>();
    auto units = std::vector<std::size_t>(row.unit_nodes().size());
    units[1] = 3;
    units[4] = 2;
    units[6] = 4;
    units[9] = 5;
    units[11] = 3;
    auto thin = row.with_units(units);
    CHECK(thin.layers()[0].kernel.size() == 3 * 3 * 2 * 3);
    CHECK(thin.layers()[1].kernel.size() == 2 * 3 * 3 * 2);
    CHECK(thin.layers()[4].attributes.kernel_shape == espalier::extents{5, 3});
    CHECK(thin.layers()[0].attributes.name == row.layers()[0].attributes.name);
    CHECK(row.layers()[0].kernel.size() == 3 * 3 * 2 * 5);
  }

  TEST_CASE("what would move dead units is trained whole") {
    auto model = support::perceptron<double>();
    prune_units(model);
    const std::size_t all = all_weights(model).size();
    const auto trained = [&](const auto& options) {
      train::detail::gathered<std::remove_cvref_t<decltype(model)>> network(model, options);
      return all_weights(network.model()).size();
    };
    CHECK(trained(train::fit_options<>{}) < all);
    CHECK(trained(train::fit_options<>{.gather = false}) == all);
    CHECK(trained(train::fit_options<>{.optimizer = {.weight_decay = 0.1}}) == all);
    train::fit_options<> penalized;
    const espalier::structure::grouping groups(espalier::structure::unstructured{}, {6, 9});
    penalized.penalties.push_back({"dense_1", groups, espalier::regularize::group_norms({.alpha = 1})});
    CHECK(trained(penalized) == all);
    model.parameters()[0][0] = std::nan("");
    model.parameters()[3][0] = std::nan("");
    CHECK(trained(train::fit_options<>{}) == all);
    auto alive = support::perceptron<double>();
    train::detail::gathered<std::remove_cvref_t<decltype(alive)>> network(alive, train::fit_options<>{});
    CHECK(&network.model() == &alive);
  }

  TEST_CASE("callbacks find in the network what was trained of its parts, and a failure leaves the last good weights") {
    const support::labelled<double> data(200, 6, 3);
    auto model = support::perceptron<double>();
    prune_units(model);
    auto before = all_weights(model);
    train::fit_options<> options{.epochs = 3, .batch = 64, .learning_rate = {0.01}};
    options.on_epoch = [&](const train::progress& where) {
      CHECK(all_weights(model) != before);
      before = all_weights(model);
      if (where.epoch == 2) {
        throw std::runtime_error("enough");
      }
    };
    CHECK_THROWS_WITH(train::fit(model, data.view(), options), "enough");
    CHECK(all_weights(model) == before);
    const auto result =
        train::fit(model, data.view(), train::validation<double>{.data = data.view(), .keep_best = true},
                   train::fit_options<>{.epochs = 2, .batch = 64});
    CHECK(train::evaluate(model, data.view()).loss == doctest::Approx(result.best_loss).epsilon(1e-12));
  }
}
