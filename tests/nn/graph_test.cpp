// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/graph.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <espalier/loss/binary_cross_entropy.hpp>
#include <espalier/loss/joined.hpp>
#include <espalier/loss/mean_squared_error.hpp>
#include <espalier/nn/average_pool2d.hpp>
#include <espalier/nn/batch_normalization.hpp>
#include <espalier/nn/dropout.hpp>
#include <espalier/nn/global_average_pool2d.hpp>
#include <espalier/nn/sigmoid.hpp>
#include <espalier/nn/tanh.hpp>
#include <espalier/optim/sgd.hpp>
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

using support::all_weights;

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

/// The layers of support::convolutional.
nn::graph<double> convolutional(std::uint64_t seed = 4) {
  const auto masked_conv2d = [](nn::conv2d_options options) { return nn::masked<nn::conv2d<double>>(options); };
  nn::graph<double> net({8, 9, 2}, seed);
  auto at = net.add(masked_conv2d({.filters = 5, .kernel = {3, 3}, .padding = nn::padding::same}), net.input());
  at = net.add(nn::max_pool2d<double>(), net.add(nn::relu<double>(), at));
  at = net.add(nn::relu<double>(), net.add(masked_conv2d({.filters = 7, .kernel = {2, 3}}), at));
  at = net.add(nn::conv2d<double>({.filters = 4, .kernel = {2, 1}}), at);
  at = net.add(nn::flatten<double>(), net.add(nn::max_pool2d<double>({.pool = {1, 2}}), at));
  at = net.add(nn::relu<double>(), net.add(dense(nn::dense_options{.units = 8}), at));
  net.add(nn::softmax<double>(), net.add(nn::dense<double>({.units = 3}), at));
  return net;
}

/// Convolutions and rectifiers whose outputs are taken by others than what could run with them, and two that are not.
nn::graph<double> shared_outputs() {
  nn::graph<double> net({4, 6, 2}, 8);
  const auto convolve = [&](nn::graph<double>::point from) {
    return net.add(nn::conv2d<double>({.filters = 3, .padding = nn::padding::same}), from);
  };
  const auto linear = convolve(net.input());
  const auto rectified = net.add(nn::relu<double>(), linear);
  const auto live = net.add(nn::relu<double>(), convolve(net.add_up({linear, rectified})));
  const auto largest = net.add(nn::max_pool2d<double>(), live);
  const auto mean = net.add(nn::average_pool2d<double>(), net.add(nn::relu<double>(), convolve(live)));
  const auto alone = net.add(nn::max_pool2d<double>(), net.add(nn::relu<double>(), convolve(net.input())));
  const auto twice = net.combine(espalier::kernels::combination::product, {mean, mean});
  net.add(nn::dense<double>({.units = 3}), net.add(nn::flatten<double>(), net.concatenate({largest, twice, alone})));
  return net;
}

/// A residual block of two convolutions with batch normalizations, and one on the way around.
nn::graph<double> residual() {
  nn::graph<double> net({4, 5, 2}, 5);
  const auto convolve = [&](nn::graph<double>::point from, std::size_t filters) {
    const auto out =
        net.add(nn::conv2d<double>({.filters = filters, .padding = nn::padding::same, .bias = false}), from);
    return net.add(nn::batch_normalization<double>({.momentum = 0.8}), out);
  };
  const auto first = net.add(nn::relu<double>(), convolve(net.input(), 3));
  const auto second = convolve(net.add(nn::relu<double>(), convolve(first, 3)), 3);
  const auto around = convolve(first, 3);
  const auto joined = net.add(nn::relu<double>(), net.add_up({second, around}));
  net.add(nn::dense<double>({.units = 3}), net.add(nn::global_average_pool2d<double>(), joined));
  net.add(nn::softmax<double>(), net.at("dense_1"));
  return net;
}

/// Two inputs, (3) and (2, 2), and three outputs: one in the middle, one of classes at the end, one of numbers.
nn::graph<double> several() {
  const std::vector<espalier::extents> inputs{{3}, {2, 2}};
  nn::graph<double> net(inputs, 2);
  const auto second = net.add(nn::flatten<double>(), net.add(nn::dense<double>({.units = 2}), net.input(1)));
  const auto both = net.concatenate({net.input(0), second});
  const auto middle = net.add(nn::sigmoid<double>(), net.add(dense(nn::dense_options{.units = 4}), both), "middle");
  const auto numbers = net.add(nn::dense<double>({.units = 2}), middle);
  const auto classes = net.add(nn::softmax<double>(), net.add(nn::dense<double>({.units = 3}), middle));
  net.set_outputs({classes, middle, numbers});
  return net;
}
const espalier::loss::joined<espalier::loss::categorical_cross_entropy, espalier::loss::binary_cross_entropy,
                             espalier::loss::mean_squared_error>
    three_losses{.outputs = {3, 4, 2}, .weights = {1, 0.5, 0.25}};

/// Loss of one mini-batch before a step of a training, and the step that it takes at a rate of 1.
struct one_step {
  double loss = 0;
  std::vector<double> step;
};
template <class Model>
one_step step_of(Model model, const train::data_view<double>& view) {
  one_step result;
  const auto before = all_weights(model);
  train::fit_options<espalier::optim::sgd> options{.batch = view.chosen.size(), .shuffle = false, .learning_rate = {1}};
  options.on_step = [&](const train::progress& where) { result.loss = where.loss; };
  train::fit(model, view, options);
  result.step = all_weights(model);
  for (std::size_t i = 0; i < before.size(); ++i) {
    result.step[i] = before[i] - result.step[i];
  }
  return result;
}

/// The gradients of all kernels, and of few numbers of each, are those of finite differences.
void check_kernel_gradients(nn::graph<double>& net, const support::labelled<double>& data) {
  const auto found = train::mean_absolute_gradients(net, data.view());
  const auto layers = net.layers();
  REQUIRE(found.size() == layers.size());
  REQUIRE(!found.empty());
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

}  // namespace

TEST_SUITE("nn") {
  TEST_CASE("layers in a row are what they are in a sequential network, bit for bit") {
    const support::labelled<double> data(200, 6, 4);
    auto row = support::perceptron<double>();
    auto net = perceptron();
    CHECK(all_weights(net) == all_weights(row));
    CHECK(net.predict(data.numbers) == row.predict(data.numbers));
    CHECK(train::fisher_information(net, data.view()) == train::fisher_information(row, data.view()));
    const auto curvature = train::hessian_diagonal(net, data.view());
    CHECK(curvature.exact);
    CHECK(curvature.diagonal == train::hessian_diagonal(row, data.view()).diagonal);
    train::fit(row, data.view(), train::fit_options<>{.epochs = 3, .batch = 70});
    train::fit(net, data.view(), train::fit_options<>{.epochs = 3, .batch = 70, .threads = 2});
    CHECK(all_weights(net) == all_weights(row));
    CHECK(train::evaluate(net, data.view()).loss == train::evaluate(row, data.view()).loss);
  }

  TEST_CASE("a convolution, a relu and a pooling run together as in a sequential network, bit for bit") {
    const support::labelled<double> data(150, 8 * 9 * 2, 3);
    auto row = support::convolutional<double>();
    auto net = convolutional();
    CHECK(net.predict(data.numbers) == row.predict(data.numbers));
    CHECK(train::fisher_information(net, data.view()) == train::fisher_information(row, data.view()));
    train::fit(row, data.view(), train::fit_options<>{.epochs = 2, .batch = 40});
    train::fit(net, data.view(), train::fit_options<>{.epochs = 2, .batch = 40, .threads = 2});
    CHECK(all_weights(net) == all_weights(row));
    CHECK(net.predict(data.numbers) == row.predict(data.numbers));
  }

  TEST_CASE("the gradients behind outputs that several layers take are those of finite differences") {
    auto net = shared_outputs();
    support::disturb(net);
    const support::labelled<double> data(48, 4 * 6 * 2, 3);
    check_kernel_gradients(net, data);
  }

  TEST_CASE("in inference the memory that places share holds what is read later") {
    for (const nn::graph<double>& net : {branching(), shared_outputs(), convolutional(), residual(), several()}) {
      auto in_training = net.make_workspace(1);
      auto in_inference = net.make_workspace(1, nn::workspace_kind::inference);
      const std::size_t inputs = in_training.count(0, 1);
      const auto numbers = support::labelled<double>(16, inputs / 16, 3).numbers;
      std::copy_n(numbers.data(), inputs, in_training.value(0));
      std::copy_n(numbers.data(), inputs, in_inference.value(0));
      const double* expected = net.forward(in_training, 1);
      const double* found = net.forward(in_inference, 1);
      CHECK(std::equal(expected, expected + net.output_shape().size() * 16, found));
    }
  }

  TEST_CASE("the gradients of branches that join are those of finite differences") {
    auto net = branching();
    support::disturb(net);
    check_kernel_gradients(net, support::labelled<double>(19, 40, 3));
  }

  TEST_CASE("branches may be combined in other ways, and a tie goes to the first") {
    using espalier::kernels::combination;
    const support::labelled<double> data(20, 5, 3);
    for (const auto how : {combination::product, combination::mean, combination::difference, combination::largest,
                           combination::smallest}) {
      CAPTURE(static_cast<int>(how));
      nn::graph<double> net({5}, 2);
      const auto a = net.add(dense({.units = 3}), net.input());
      const auto b = net.add(nn::tanh<double>(), net.add(dense({.units = 3}), net.input()));
      net.combine(how, {a, b, net.add(dense({.units = 3}), b)});
      check_kernel_gradients(net, data);
    }
    nn::graph<double> twice({3}, 2);
    const auto same = twice.add(dense({.units = 3}), twice.input());
    twice.combine(combination::largest, {same, same});
    check_kernel_gradients(twice, support::labelled<double>(20, 3, 3));
    CHECK_THROWS_WITH_AS(twice.combine(combination::product, {same, twice.add(dense({.units = 2}), same)}),
                         doctest::Contains("expected shapes that are equal"), espalier::shape_error);
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

  TEST_CASE("batch normalizations in a row train as in a sequential network, bit for bit") {
    const support::labelled<double> data(200, 6, 4);
    nn::sequential row({6}, 3, nn::dense<double>({.units = 9}), nn::batch_normalization<double>(), nn::relu<double>(),
                       nn::dense<double>({.units = 4}), nn::batch_normalization<double>(), nn::softmax<double>());
    nn::graph<double> net({6}, 3);
    auto at = net.add(nn::batch_normalization<double>(), net.add(nn::dense<double>({.units = 9}), net.input()));
    at = net.add(nn::dense<double>({.units = 4}), net.add(nn::relu<double>(), at));
    net.add(nn::softmax<double>(), net.add(nn::batch_normalization<double>(), at));
    CHECK(all_weights(net) == all_weights(row));
    CHECK(net.parameter_layers() == row.parameter_layers());
    CHECK(net.trained() == row.trained());
    train::fit(row, data.view(), train::fit_options<>{.epochs = 3, .batch = 150});
    train::fit(net, data.view(), train::fit_options<>{.epochs = 3, .batch = 150, .threads = 2});
    CHECK(all_weights(net) == all_weights(row));
    CHECK(train::fisher_information(net, data.view()) == train::fisher_information(row, data.view()));
    row.fold_batch_normalizations();
    net.fold_batch_normalizations();
    CHECK(net.predict(data.numbers) == row.predict(data.numbers));
  }

  TEST_CASE("the steps of a residual block with batch normalizations are those of finite differences") {
    auto net = residual();
    support::disturb(net);
    const support::labelled<double> data(70, 40, 3);
    const auto step = step_of(net, data.view()).step;
    std::size_t begin = 0;
    const auto names = net.parameter_layers();
    for (std::size_t p = 0; p < names.size(); ++p) {
      const auto numbers = net.parameters()[p];
      for (std::size_t i = 0; net.trained()[p] && i < numbers.size(); i += 1 + numbers.size() / 3) {
        CAPTURE(names[p]);
        const double middle = numbers[i];
        numbers[i] = middle + 1e-5;
        const double above = step_of(net, data.view()).loss;
        numbers[i] = middle - 1e-5;
        const double below = step_of(net, data.view()).loss;
        numbers[i] = middle;
        CHECK(step[begin + i] == doctest::Approx((above - below) / 2e-5).epsilon(1e-5).scale(1e-2));
      }
      begin += numbers.size();
    }
    CHECK(net.batch_layers() == 4);
  }

  TEST_CASE("a residual network learns, with the same bits for any number of threads, and folds") {
    const support::labelled<double> data(300, 40, 3);
    const auto trained = [&](std::size_t threads) {
      auto net = residual();
      train::fit(net, data.view(),
                 train::fit_options<>{.epochs = 12, .batch = 100, .threads = threads, .learning_rate = {0.02}});
      CHECK(train::evaluate(net, data.view()).accuracy > 0.8);
      return net;
    };
    auto net = trained(1);
    auto other = trained(3);
    CHECK(all_weights(net) == all_weights(other));
    CHECK_THROWS_AS(net.fold_batch_normalizations(), espalier::shape_error);  // no biases
  }

  TEST_CASE("the gradients of several inputs and outputs are those of finite differences, as weighed") {
    auto net = several();
    support::disturb(net);
    espalier::random_generator random(4);
    const auto samples = support::random_numbers<double>(random, 19 * 7);
    const auto targets = support::random_numbers<double>(random, 19 * 9);
    const auto view = train::view_all<double>(std::span(samples), std::span(targets), 9);
    CHECK(net.input_shape() == espalier::extents{7});
    CHECK(net.output_shape() == espalier::extents{9});
    CHECK(net.output_shapes() == std::vector<espalier::extents>{{3}, {4}, {2}});
    const train::gradient_options<std::remove_cv_t<decltype(three_losses)>> options{.loss = three_losses};
    const train::evaluate_options<std::remove_cv_t<decltype(three_losses)>> judge{three_losses, 1};
    const auto found = train::mean_absolute_gradients(net, view, options);
    const auto layers = net.layers();
    for (std::size_t l = 0; l < layers.size(); ++l) {
      for (std::size_t i = 0; i < layers[l].kernel.size(); ++i) {
        double& weight = layers[l].kernel[i];
        const double middle = weight;
        weight = middle + 1e-6;
        const double above = train::evaluate(net, view, judge).loss;
        weight = middle - 1e-6;
        const double below = train::evaluate(net, view, judge).loss;
        weight = middle;
        CHECK(found[l][i] == doctest::Approx(std::abs(above - below) / 2e-6).epsilon(1e-5).scale(1e-3));
      }
    }
    // The sigmoid in the middle feeds others, so the scores before it are not what its loss looks at: it is run.
    auto memory = net.make_workspace(1);
    std::vector<std::uint32_t> order{0, 1, 2};
    espalier::kernels::gather<double>(samples.data(), 7, order, memory.value(0));
    const double* scores = net.scores<decltype(three_losses)::scores>(memory, 1);
    const auto outputs = net.predict(samples);
    CHECK(scores[support::place(1, 3, 9)] == doctest::Approx(outputs(1, 3)));
    CHECK(scores[support::place(1, 7, 9)] == doctest::Approx(outputs(1, 7)));
    CHECK(scores[support::place(1, 0, 9)] - scores[support::place(1, 1, 9)] ==
          doctest::Approx(std::log(outputs(1, 0) / outputs(1, 1))));
  }

  TEST_CASE("what leads to no output is not run, and the outputs may be chosen anew") {
    auto net = residual();
    const support::labelled<double> data(3, 40, 3);
    const auto before = net.predict(data.numbers);
    const auto end = net.at("softmax_1");
    net.add(nn::batch_normalization<double>(), net.add(nn::relu<double>(), net.input()));
    CHECK(net.output_shape() == espalier::extents{4, 5, 2});
    net.set_outputs({end});
    CHECK(net.batch_layers() == 4);
    CHECK(net.predict(data.numbers) == before);
    net.set_outputs({});
    CHECK(net.batch_layers() == 1);
  }

  TEST_CASE("a name or a point that is not there is refused, so that no cycle can be closed") {
    nn::graph<double> net({4}, 1);
    const auto a = net.add(nn::dense<double>({.units = 4, .name = "first"}), net.input());
    CHECK(net.at("first").index == a.index);
    CHECK(net.at("input").index == 0);
    CHECK_THROWS_WITH_AS((void)net.at("frist"),
                         "espalier::nn::graph: got no layer 'frist' so far, expected one that was added before, such "
                         "as 'first'",
                         espalier::argument_error);
    CHECK_THROWS_WITH_AS(net.add_up({a, {3}}), "espalier::nn::graph: got point 3, expected one of the 2 of this graph",
                         espalier::argument_error);
    CHECK_THROWS_AS((void)net.input(1), espalier::argument_error);
    CHECK_THROWS_WITH_AS(net.set_outputs({a, a}), "espalier::nn::graph: got output 'first' twice, expected it once",
                         espalier::argument_error);
    CHECK_THROWS_AS(net.set_outputs({{7}}), espalier::argument_error);
    CHECK_THROWS_AS(net.add(nn::relu<double>(), a, "first"), espalier::argument_error);
    CHECK_THROWS_AS(net.add_up({a, net.input()}, "first"), espalier::argument_error);
    CHECK_THROWS_AS(nn::graph<double>(std::vector<espalier::extents>{}, 1), espalier::shape_error);
    const auto second = net.add(nn::relu<double>(), a, "second");
    CHECK(net.at("second").index == second.index);
  }

  TEST_CASE("what does not fit is named with both shapes") {
    nn::graph<double> net({4, 5, 2}, 1);
    const auto a = net.add(nn::conv2d<double>({.filters = 3, .padding = nn::padding::same}), net.input());
    CHECK_THROWS_WITH_AS(net.add_up({net.input(), a}),
                         "espalier::nn::graph: got outputs of shapes (4, 5, 2) of 'input' and (4, 5, 3) of 'conv2d_1' "
                         "to join in 'add_1', expected shapes that are equal",
                         espalier::shape_error);
    const auto smaller = net.add(nn::max_pool2d<double>(), a);
    CHECK_THROWS_WITH_AS(net.concatenate({a, smaller}), doctest::Contains("differ in the last axis only"),
                         espalier::shape_error);
    CHECK_THROWS_AS(net.add(nn::softmax<double>(), a), espalier::shape_error);
    CHECK_THROWS_WITH_AS(net.add_up({a}), "espalier::nn::graph: got 1 point to join in 'add_2', expected two or more",
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
