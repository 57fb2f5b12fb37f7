// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/graph.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <vector>

#include <espalier/nn/dropout.hpp>
#include <espalier/nn/tanh.hpp>
#include <espalier/prune/prunable_model.hpp>
#include <espalier/train/evaluate.hpp>
#include <espalier/train/fit.hpp>
#include <espalier/train/gradients.hpp>
#include <espalier/train/measure.hpp>
#include <espalier/train/trainer.hpp>

#include "support/networks.hpp"

namespace nn = espalier::nn;
namespace train = espalier::train;

static_assert(espalier::prune::prunable_model<nn::graph<float>>);
static_assert(espalier::prune::maskable_model<nn::graph<float>>);
static_assert(espalier::prune::trainer<train::trainer<float>, nn::graph<float>>);

namespace {

using dense = nn::masked<nn::dense<double>>;

/// Two branches that join twice, with a residual around a layer and a dead end.
nn::graph<double> branching() {
  nn::graph<double> net({4, 5, 2}, 3);
  const auto first = net.add(nn::conv2d<double>({.filters = 3, .padding = nn::padding::same}), net.input());
  const auto live = net.add(nn::tanh<double>(), first);
  const auto second = net.add(nn::conv2d<double>({.filters = 3, .padding = nn::padding::same, .name = "around"}), live);
  const auto sum = net.add_up({live, second, first});
  const auto other = net.add(nn::conv2d<double>({.filters = 2, .kernel = {1, 1}}), net.input());
  const auto both = net.concatenate({sum, other, live});
  net.add(nn::relu<double>(), both);  // leads nowhere
  const auto flat = net.add(nn::flatten<double>(), net.add(nn::max_pool2d<double>(), both));
  const auto scores = net.add(dense(nn::dense_options{.units = 3}), flat);
  net.add(nn::softmax<double>(), scores);
  return net;
}

/// The layers of support::perceptron.
nn::graph<double> perceptron(std::uint64_t seed = 3) {
  nn::graph<double> net({6}, seed);
  auto at = net.add(dense(nn::dense_options{.units = 9}), net.input());
  at = net.add(nn::relu<double>(), at);
  at = net.add(dense(nn::dense_options{.units = 5}), at);
  at = net.add(nn::relu<double>(), at);
  at = net.add(nn::dense<double>(nn::dense_options{.units = 4}), at);
  net.add(nn::softmax<double>(), at);
  return net;
}

template <class Model>
auto all_weights(Model& model) {
  std::vector<typename Model::value_type> result;
  for (const auto& parameter : model.parameters()) {
    result.insert(result.end(), parameter.begin(), parameter.end());
  }
  return result;
}

}  // namespace

TEST_SUITE("nn") {
  TEST_CASE("layers in a row are what they are in a sequential network, bit for bit") {
    const support::labelled<double> data(200, 6, 4);
    auto row = support::perceptron<double>();
    auto net = perceptron();
    CHECK(all_weights(net) == all_weights(row));
    CHECK(net.predict(data.numbers) == row.predict(data.numbers));
    CHECK(train::fisher_information(net, data.view()) == train::fisher_information(row, data.view()));
    train::fit(row, data.view(), train::fit_options<>{.epochs = 3, .batch = 70});
    train::fit(net, data.view(), train::fit_options<>{.epochs = 3, .batch = 70, .threads = 2});
    CHECK(all_weights(net) == all_weights(row));
    CHECK(train::evaluate(net, data.view()).loss == train::evaluate(row, data.view()).loss);
  }

  TEST_CASE("the gradients of branches that join are those of finite differences") {
    auto net = branching();
    support::disturb(net);
    const support::labelled<double> data(19, 40, 3);
    const auto found = train::mean_absolute_gradients(net, data.view());
    const auto layers = net.layers();
    REQUIRE(found.size() == 4);
    for (std::size_t l = 0; l < layers.size(); ++l) {
      for (std::size_t i = 0; i < layers[l].kernel.size(); i += 5) {
        double& weight = layers[l].kernel[i];
        const double middle = weight;
        weight = middle + 1e-6;
        const double above = train::evaluate(net, data.view()).loss;
        weight = middle - 1e-6;
        const double below = train::evaluate(net, data.view()).loss;
        weight = middle;
        CAPTURE(l);
        CAPTURE(i);
        CHECK(found[l][i] == doctest::Approx(std::abs(above - below) / 2e-6).epsilon(1e-5).scale(1e-3));
      }
    }
  }

  TEST_CASE("squares are those of single samples, and a copy has weights of its own") {
    auto net = branching();
    const support::labelled<double> data(5, 40, 3);
    const auto fisher = train::fisher_information(net, data.view());
    auto view = data.view();
    double expected = 0;
    for (std::uint32_t sample = 0; sample < 5; ++sample) {
      view.chosen = {sample};
      const double own = train::mean_absolute_gradients(net, view)[1][7];
      expected += own * own / 5;
    }
    CHECK(fisher[1][7] == doctest::Approx(expected));
    auto copy = net;
    copy.parameters()[0][0] += 1;
    CHECK(net.parameters()[0][0] + 1 == copy.parameters()[0][0]);
    CHECK(train::fisher_information(net, data.view()) == fisher);
    net = copy;
    CHECK(all_weights(net) == all_weights(copy));
  }

  TEST_CASE("each layer knows those whose outputs reach it without another kernel between") {
    auto net = branching();
    const auto layers = net.layers();
    REQUIRE(layers.size() == 4);
    CHECK(layers[0].attributes.inbound.empty());
    CHECK(layers[1].attributes.name == "around");
    CHECK(layers[1].attributes.inbound == std::vector<std::string>{"conv2d_1"});
    CHECK(layers[3].attributes.inbound == std::vector<std::string>{"conv2d_1", "around", "conv2d_3"});
    CHECK_FALSE(layers[0].attributes.optimizable);
    CHECK(layers[3].attributes.optimizable);
    CHECK(net.output_shape() == espalier::extents{3});
  }

  TEST_CASE("a graph trains under masks, with dropout, with the same bits for any number of threads") {
    const support::labelled<double> data(300, 6, 4);
    const auto trained = [&](std::size_t threads) {
      nn::graph<double> net({6}, 1);
      const auto hidden = net.add(nn::relu<double>(), net.add(dense(nn::dense_options{.units = 6}), net.input()));
      const auto sum = net.add_up({hidden, net.input()});
      const auto scores =
          net.add(nn::dense<double>({.units = 4}), net.add(nn::dropout<double>(0.1), net.concatenate({sum, hidden})));
      net.add(nn::softmax<double>(), scores);
      std::vector<espalier::mask::weight_mask<double>> masks{espalier::mask::keep_all<double>(36),
                                                             espalier::mask::keep_all<double>(48)};
      masks[0].mask[5] = 0;
      net.set_masks(masks);
      train::fit(net, data.view(),
                 train::fit_options<>{.epochs = 20, .batch = 100, .threads = threads, .learning_rate = {0.01}});
      CHECK(net.parameters()[0][5] == 0);
      CHECK(train::evaluate(net, data.view()).accuracy > 0.9);
      return all_weights(net);
    };
    const auto one = trained(1);
    CHECK(trained(3) == one);
  }

  TEST_CASE("what does not fit is named with both shapes") {
    nn::graph<double> net({4, 5, 2}, 1);
    const auto a = net.add(nn::conv2d<double>({.filters = 3, .padding = nn::padding::same}), net.input());
    CHECK_THROWS_WITH_AS(net.add_up({net.input(), a}),
                         "espalier::nn::graph: got outputs of shapes (4, 5, 2) of 'input' and (4, 5, 3) of 'conv2d_1' "
                         "to join, expected shapes that are equal",
                         espalier::shape_error);
    const auto smaller = net.add(nn::max_pool2d<double>(), a);
    CHECK_THROWS_WITH_AS(net.concatenate({a, smaller}), doctest::Contains("differ in the last axis only"),
                         espalier::shape_error);
    CHECK_THROWS_AS(net.add(nn::softmax<double>(), a), espalier::shape_error);
    CHECK_THROWS_WITH_AS(net.add_up({a}), "espalier::nn::graph: got 1 points to join, expected two or more",
                         espalier::argument_error);
    CHECK_THROWS_AS(net.add(nn::relu<double>(), nn::graph<double>::point{99}), espalier::argument_error);
    CHECK_THROWS_WITH_AS(net.add(nn::conv2d<double>({.filters = 3, .name = "conv2d_1"}), a),
                         "espalier::nn::graph: got two layers named 'conv2d_1', expected names that differ",
                         espalier::argument_error);
    CHECK_THROWS_AS(net.set_masks(std::vector<espalier::mask::weight_mask<double>>(2)), espalier::shape_error);
    CHECK_THROWS_AS((void)net.predict(std::vector<double>(7)), espalier::shape_error);
    CHECK_THROWS_AS(nn::graph<double>({0}, 1), espalier::shape_error);
  }
}
