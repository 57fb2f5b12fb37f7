// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/sequential.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <span>
#include <string>
#include <vector>

#include <espalier/loss/categorical_cross_entropy.hpp>
#include <espalier/nn/average_pool2d.hpp>
#include <espalier/nn/elu.hpp>
#include <espalier/nn/prelu.hpp>
#include <espalier/nn/sigmoid.hpp>
#include <espalier/nn/tanh.hpp>
#include <espalier/prune/prunable_model.hpp>

#include "support/networks.hpp"

namespace nn = espalier::nn;
using espalier::kernels::gradient_kind;

namespace {

/// Summed cross-entropy of the samples and, if asked for, its gradient.
template <gradient_kind Kind = gradient_kind::plain, class Model>
double loss_of(const Model& model, const support::labelled<double>& data, std::span<const std::uint32_t> order,
               std::vector<double>* gradient = nullptr) {
  auto memory = model.make_workspace(espalier::kernels::blocks_of(order.size()));
  espalier::kernels::gather<double>(data.numbers.data(), model.input_shape().size(), order, memory.value(0));
  std::vector<std::uint32_t> labels;
  for (const std::uint32_t sample : order) {
    labels.push_back(data.labels[sample]);
  }
  const std::size_t blocks = espalier::kernels::blocks_of(order.size());
  const espalier::loss::answers<double> answers{model.scores(memory, blocks), model.output_shape().size(), labels};
  const double loss = espalier::loss::categorical_cross_entropy{}.sum(answers);
  if (gradient != nullptr) {
    espalier::loss::categorical_cross_entropy{}.gradient(answers, 1.0, model.score_gradient(memory));
    model.template backward<Kind>(memory, blocks, std::span<double>(*gradient));
  }
  return loss;
}

std::vector<std::uint32_t> first(std::uint32_t count) {
  std::vector<std::uint32_t> order(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    order[i] = i;
  }
  return order;
}

template <class Model>
std::size_t count_parameters(Model& model) {
  std::size_t count = 0;
  for (const auto& parameter : model.parameters()) {
    count += parameter.size();
  }
  return count;
}

/// All gradients of a network over some samples that do not fill their last block.
template <class Model>
void check_gradients(Model model, const support::labelled<double>& data) {
  support::disturb(model);
  const auto order = first(19);
  std::vector<double> gradient(count_parameters(model));
  loss_of(model, data, order, &gradient);
  std::size_t place = 0;
  for (const auto& parameter : model.parameters()) {
    for (std::size_t i = 0; i < parameter.size(); ++i, ++place) {
      if (place % 3 != 0 && parameter.size() > 20) {
        continue;
      }
      const double middle = parameter[i];
      parameter[i] = middle + 1e-6;
      const double above = loss_of(model, data, order);
      parameter[i] = middle - 1e-6;
      const double below = loss_of(model, data, order);
      parameter[i] = middle;
      CAPTURE(place);
      CHECK(gradient[place] == doctest::Approx((above - below) / 2e-6).epsilon(1e-5).scale(1));
    }
  }

  std::vector<double> squared(gradient.size());
  loss_of<gradient_kind::squared>(model, data, order, &squared);
  std::vector<double> expected(gradient.size());
  for (const std::uint32_t sample : order) {
    std::vector<double> own(gradient.size());
    loss_of(model, data, std::vector<std::uint32_t>{sample}, &own);
    for (std::size_t i = 0; i < own.size(); ++i) {
      expected[i] += own[i] * own[i];
    }
  }
  for (std::size_t i = 0; i < squared.size(); ++i) {
    CAPTURE(i);
    CHECK(squared[i] == doctest::Approx(expected[i]).epsilon(1e-9).scale(1e-3));
  }
}

}  // namespace

static_assert(espalier::prune::prunable_model<decltype(support::perceptron<float>())>);

template <class... Layers>
constexpr bool is_network = requires {
  typename nn::sequential<Layers...>;
};

TEST_SUITE("nn") {
  TEST_CASE("layers whose kinds do not fit are refused by the compiler") {
    CHECK(is_network<nn::conv2d<float>, nn::relu<float>, nn::flatten<float>, nn::dense<float>>);
    CHECK(is_network<nn::conv2d<float>, nn::relu<float>, nn::dense<float>, nn::max_pool2d<float>>);
    CHECK_FALSE(is_network<nn::conv2d<float>, nn::relu<float>, nn::dense<float>, nn::softmax<float>>);
    CHECK_FALSE(is_network<nn::conv2d<float>, nn::masked<nn::dense<float>>, nn::softmax<float>>);
    CHECK_FALSE(is_network<nn::flatten<float>, nn::dense<float>, nn::conv2d<float>>);
    CHECK_FALSE(is_network<nn::max_pool2d<float>, nn::softmax<float>>);
    CHECK_FALSE(is_network<nn::flatten<float>, nn::relu<float>, nn::max_pool2d<float>>);
    CHECK(is_network<nn::relu<float>, nn::dense<float>>);
  }

  TEST_CASE("the gradients of a perceptron are those of finite differences, and squares those of single samples") {
    check_gradients(support::perceptron<double>(), support::labelled<double>(30, 6, 4));
  }

  TEST_CASE("the gradients of a convolutional network are those of finite differences") {
    check_gradients(support::convolutional<double>(), support::labelled<double>(30, 8 * 9 * 2, 3));
  }

  TEST_CASE("a network may begin and end with any layer") {
    check_gradients(nn::sequential({4, 5, 1}, 2, nn::max_pool2d<double>({.pool = {2, 1}}), nn::relu<double>(),
                                   nn::conv2d<double>({.filters = 3, .kernel = {1, 2}, .bias = false}),
                                   nn::max_pool2d<double>({.pool = {1, 2}}), nn::relu<double>(), nn::flatten<double>()),
                    support::labelled<double>(30, 20, 12));
    check_gradients(nn::sequential({3}, 2, nn::dense<double>({.units = 4}), nn::softmax<double>(),
                                   nn::dense<double>({.units = 3, .bias = false}), nn::relu<double>()),
                    support::labelled<double>(30, 3, 3));
  }

  TEST_CASE("poolings that a convolution takes along have the gradients of finite differences, odd borders too") {
    check_gradients(
        nn::sequential({7, 9, 2}, 2, nn::conv2d<double>({.filters = 3, .kernel = {3, 3}}), nn::relu<double>(),
                       nn::average_pool2d<double>(), nn::conv2d<double>({.filters = 3, .kernel = {1, 2}}),
                       nn::relu<double>(), nn::average_pool2d<double>(), nn::flatten<double>()),
        support::labelled<double>(30, 7 * 9 * 2, 3));
  }

  TEST_CASE("a convolution with gaps leaves a pooling behind it to itself") {
    check_gradients(
        nn::sequential({5, 6, 1}, 2, nn::conv2d<double>({.filters = 2, .kernel = {2, 2}, .dilation = {1, 2}}),
                       nn::relu<double>(), nn::max_pool2d<double>(), nn::flatten<double>()),
        support::labelled<double>(30, 30, 8));
  }

  TEST_CASE("activations may follow each other, each goes back from its own output") {
    check_gradients(nn::sequential({3}, 2, nn::dense<double>({.units = 5}), nn::tanh<double>(), nn::elu<double>(),
                                   nn::flatten<double>(), nn::sigmoid<double>(), nn::dense<double>({.units = 3}),
                                   nn::prelu<double>(), nn::tanh<double>()),
                    support::labelled<double>(30, 3, 3));
  }

  TEST_CASE("a loss takes along the activation that belongs to it, and no other") {
    using espalier::kernels::score_kind;
    const nn::sequential yes_or_no({3}, 2, nn::dense<double>({.units = 2}), nn::sigmoid<double>());
    const nn::sequential classes({3}, 2, nn::dense<double>({.units = 2}), nn::softmax<double>());
    CHECK(yes_or_no.loss_takes_last<score_kind::before_sigmoid>);
    CHECK_FALSE(yes_or_no.loss_takes_last<score_kind::before_softmax>);
    CHECK(classes.loss_takes_last<score_kind::before_softmax>);
    CHECK_FALSE(classes.loss_takes_last<score_kind::outputs>);
    auto memory = yes_or_no.make_workspace(1);
    for (std::size_t i = 0; i < 48; ++i) {
      memory.value(0)[i] = 0.1 * static_cast<double>(i);
    }
    const double* at = yes_or_no.scores<score_kind::before_sigmoid>(memory, 1);
    const std::vector<double> scores(at, at + 32);
    for (std::size_t i = 0; i < 48; ++i) {
      memory.value(0)[i] = 0.1 * static_cast<double>(i);
    }
    at = yes_or_no.scores<score_kind::outputs>(memory, 1);
    for (std::size_t i = 0; i < 32; ++i) {
      CHECK(at[i] == doctest::Approx(1 / (1 + std::exp(-scores[i]))));
    }
  }

  TEST_CASE("predictions are the outputs of the layers, sample by sample, softmax included") {
    auto model = support::perceptron<double>();
    support::disturb(model);
    const support::labelled<double> data(150, 6, 4);
    const auto all = model.predict(data.numbers);
    REQUIRE(all.shape(0) == 150);
    REQUIRE(all.shape(1) == 4);
    const auto parameters = model.parameters();
    for (const std::size_t sample : {0U, 63U, 64U, 149U}) {
      std::vector<double> values(data.numbers.begin() + static_cast<std::ptrdiff_t>(sample * 6),
                                 data.numbers.begin() + static_cast<std::ptrdiff_t>(sample * 6 + 6));
      for (std::size_t layer = 0; layer < 3; ++layer) {
        const auto kernel = parameters[2 * layer];
        const auto bias = parameters[2 * layer + 1];
        std::vector<double> next(bias.begin(), bias.end());
        for (std::size_t i = 0; i < kernel.size(); ++i) {
          next[i % bias.size()] += kernel[i] * values[i / bias.size()];
        }
        for (double& value : next) {
          value = layer < 2 ? (std::max)(value, 0.0) : std::exp(value);
        }
        values = next;
      }
      const double total = values[0] + values[1] + values[2] + values[3];
      for (std::size_t c = 0; c < 4; ++c) {
        CHECK(all(sample, c) == doctest::Approx(values[c] / total));
      }
    }
    CHECK(model.predict(std::span<const double>{}).shape(0) == 0);
    CHECK_THROWS_WITH_AS((void)model.predict(std::span(data.numbers).first(7)),
                         "espalier::nn::sequential::predict: got 7 numbers, expected a multiple of 6, for samples of "
                         "shape (6)",
                         espalier::shape_error);
  }

  TEST_CASE("a layer that does not fit the one before it is named with both shapes") {
    const auto build = [] {
      nn::sequential({28, 28, 1}, 1, nn::conv2d<float>({.filters = 6, .kernel = {5, 5}}),
                     nn::max_pool2d<float>({.pool = {20, 20}}), nn::conv2d<float>({.filters = 2, .kernel = {3, 3}}));
    };
    CHECK_THROWS_WITH_AS(build(),
                         "espalier::nn::conv2d: got input of shape (1, 1, 6) for layer 'conv2d_2', expected an image "
                         "(height, width, channels) no smaller than the kernel (3, 3)",
                         espalier::shape_error);
  }

  TEST_CASE("layers are called by kind and place unless they have a name, and names differ") {
    auto model = nn::sequential({4, 4, 1}, 1, nn::conv2d<float>({.filters = 2}), nn::flatten<float>(),
                                nn::dense<float>({.units = 2, .name = "hidden"}), nn::dense<float>({.units = 2}));
    CHECK(model.parameter_layers() ==
          std::vector<std::string>{"conv2d_1", "conv2d_1", "hidden", "hidden", "dense_2", "dense_2"});
    CHECK_THROWS_WITH_AS(nn::sequential({4}, 1, nn::dense<float>({.units = 2, .name = "a"}),
                                        nn::dense<float>({.units = 2, .name = "a"})),
                         "espalier::nn::sequential: got two layers named 'a', expected names that differ",
                         espalier::argument_error);
  }

  TEST_CASE("layers show their place, and only masked ones may be pruned") {
    auto model = support::perceptron<float>();
    const auto layers = model.layers();
    REQUIRE(layers.size() == 3);
    CHECK(layers[0].attributes.inbound.empty());
    CHECK(layers[1].attributes.inbound == std::vector<std::string>{"dense_1"});
    CHECK(layers[1].attributes.kernel_shape == espalier::extents{9, 5});
    CHECK(layers[1].attributes.optimizable);
    CHECK_FALSE(layers[2].attributes.optimizable);
    CHECK(layers[0].kernel.size() == 54);
    CHECK(layers[0].bias.size() == 9);
    CHECK(layers[0].kernel.data() == model.parameters()[0].data());
  }

  TEST_CASE("equal seeds give equal weights, other seeds others") {
    auto a = support::convolutional<float>(8);
    auto b = support::convolutional<float>(8);
    auto c = support::convolutional<float>(9);
    CHECK(a.layer_at<0>().kernel() == b.layer_at<0>().kernel());
    CHECK(a.layer_at<8>().kernel() == b.layer_at<8>().kernel());
    CHECK(a.layer_at<0>().kernel() != c.layer_at<0>().kernel());
  }

  TEST_CASE("a copy of a network has weights of its own") {
    auto a = support::perceptron<float>();
    auto b = a;
    b.parameters()[0][0] = 9;
    CHECK(a.parameters()[0][0] != 9);
  }

  TEST_CASE("masks hold weights until others come; those that do not fit leave the network as it was") {
    auto model = support::perceptron<double>();
    using mask = espalier::mask::weight_mask<double>;
    std::vector<mask> masks{{std::vector<std::uint8_t>(54, 0), std::vector<double>(54, 0.25)},
                            {std::vector<std::uint8_t>(45, 1), {}},
                            {std::vector<std::uint8_t>(20, 1), {}}};
    model.set_masks(masks);
    CHECK(model.parameters()[0][53] == 0.25);
    masks[2].mask[0] = 0;
    CHECK_THROWS_WITH_AS(model.set_masks(masks),
                         "espalier::nn::sequential::set_masks: got a mask that holds weights of layer 'dense_3', "
                         "expected a layer that is wrapped in masked",
                         espalier::argument_error);
    masks[2].mask.pop_back();
    CHECK_THROWS_WITH_AS(model.set_masks(masks),
                         "espalier::nn::sequential::set_masks: got a mask of 19 weights for layer 'dense_3', "
                         "expected 20",
                         espalier::shape_error);
    masks.pop_back();
    CHECK_THROWS_WITH_AS(model.set_masks(masks),
                         "espalier::nn::sequential::set_masks: got 2 masks, expected 3, one per layer with a kernel",
                         espalier::shape_error);
    model.parameters()[0][53] = 1;
    model.hold();
    CHECK(model.parameters()[0][53] == 0.25);
    model.set_masks({});
    model.parameters()[0][53] = 1;
    model.hold();
    CHECK(model.parameters()[0][53] == 1);
  }
}
