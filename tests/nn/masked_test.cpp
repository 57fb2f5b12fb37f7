// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/masked.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/nn/conv2d.hpp>
#include <espalier/nn/graph.hpp>
#include <espalier/optim/adagrad.hpp>
#include <espalier/optim/adam.hpp>
#include <espalier/optim/clipped.hpp>
#include <espalier/optim/nadam.hpp>
#include <espalier/optim/rmsprop.hpp>
#include <espalier/optim/sgd.hpp>
#include <espalier/train/fit.hpp>

#include "support/lane_blocks.hpp"
#include "support/networks.hpp"

namespace nn = espalier::nn;

namespace {

/// A third of the weights is 0, a third is held at a mean, the last is two groups that are trained as one each.
template <class Optimizer>
void after_many_steps(const Optimizer& optimizer) {
  espalier::random_generator random(3);
  nn::masked<nn::dense<float>> layer(nn::dense_options{.units = 5});
  layer.build("out", {9}, random);
  espalier::mask::weight_mask<float> mask{std::vector<std::uint8_t>(45), std::vector<float>(45),
                                          std::vector<std::uint32_t>(45)};
  for (std::size_t i = 0; i < 45; ++i) {
    mask.offset[i] = i % 3 == 1 ? 0.1F : (i % 3 == 2 ? 0.2F : 0.0F);
    mask.trained_as_one[i] = i % 3 == 2 ? 1 + i % 2 : 0;
  }
  layer.set_mask(mask);
  typename Optimizer::template state<float> state(optimizer, 45);
  std::vector<float> gradient(45);
  for (int step = 0; step < 1000; ++step) {
    for (float& g : gradient) {
      g = static_cast<float>(random.normal());
    }
    layer.share(gradient);
    state.begin_step(0.01);
    if constexpr (requires { state.survey(std::span<const float>(gradient)); }) {
      state.survey(std::span<const float>(gradient));
    }
    state.update(0, espalier::elements(layer.kernel()), gradient);
    layer.hold();
  }
  const float* kernel = layer.kernel().data();
  for (std::size_t i = 0; i < 45; ++i) {
    CHECK(kernel[i] == (i % 3 == 0 ? 0.0F : (i % 3 == 1 ? 0.1F : kernel[i % 2 == 0 ? 2 : 5])));
    CHECK(layer.mask().offset[i] == kernel[i]);
  }
  CHECK(kernel[2] != 0.2F);
  CHECK(kernel[2] != kernel[5]);
}

}  // namespace

TEST_SUITE("nn") {
  TEST_CASE("a fresh mask keeps every weight") {
    espalier::random_generator random(1);
    nn::masked<nn::dense<double>> layer(nn::dense_options{.units = 2});
    layer.build("out", {3}, random);
    const auto before = layer.kernel();
    layer.hold();
    CHECK(layer.kernel() == before);
    CHECK(layer.mask().mask == std::vector<std::uint8_t>(6, 1));
  }

  TEST_CASE("held weights go to their offsets at once and whenever they are held again") {
    espalier::random_generator random(1);
    nn::masked<nn::dense<double>> layer(nn::dense_options{.units = 2});
    layer.build("out", {2}, random);
    const auto before = layer.kernel();
    layer.set_mask({{1, 0, 0, 1}, {0, 0, 0.5, 0}});
    CHECK(layer.kernel()(0, 0) == before(0, 0));
    CHECK(layer.kernel()(0, 1) == 0);
    CHECK(layer.kernel()(1, 0) == 0.5);
    layer.kernel().fill(-3);
    layer.hold();
    CHECK(layer.kernel()(0, 0) == -3);
    CHECK(layer.kernel()(0, 1) == 0);
    CHECK_FALSE(std::signbit(layer.kernel()(0, 1)));
    CHECK(layer.kernel()(1, 0) == 0.5);
    CHECK(layer.kernel()(1, 1) == -3);
  }

  TEST_CASE(
      "held weights are exactly what they are held at after 1000 steps of every optimizer, those trained as one "
      "equal") {
    namespace optim = espalier::optim;
    after_many_steps(optim::sgd{.momentum = 0.9, .weight_decay = 0.01});
    after_many_steps(optim::sgd{.momentum = 0.9, .nesterov = true});
    after_many_steps(optim::adam{.weight_decay = 0.01});
    after_many_steps(optim::adam{.amsgrad = true});
    after_many_steps(optim::nadam{});
    after_many_steps(optim::rmsprop{.momentum = 0.5, .centered = true});
    after_many_steps(optim::adagrad{});
    after_many_steps(optim::clipped<optim::adam>{.largest_norm = 0.5});
  }

  TEST_CASE("weights that are trained as one go where a single weight would go, with the mean of their gradients") {
    espalier::random_generator random(1);
    nn::masked<nn::dense<double>> layer(nn::dense_options{.units = 2});
    layer.build("out", {2}, random);
    layer.set_mask({{0, 1, 0, 0}, {0.5, 0, 0.5, 0}, {7, 0, 7, 0}});
    std::vector<double> gradient{1, 2, 4, 8};
    layer.share(gradient);
    CHECK(gradient == std::vector<double>{2.5, 2, 2.5, 0});
    for (std::size_t i = 0; i < 4; ++i) {
      layer.kernel().data()[i] -= 0.125 * gradient[i];
    }
    layer.hold();
    CHECK(layer.kernel()(0, 0) == 0.5 - 0.125 * 2.5);
    CHECK(layer.kernel()(1, 0) == 0.5 - 0.125 * 2.5);
    CHECK(layer.kernel()(1, 1) == 0);
    CHECK(layer.mask().offset == std::vector<double>{0.1875, 0, 0.1875, 0});
  }

  TEST_CASE("weights held at 0 are skipped, unless somebody wrote other numbers there") {
    espalier::random_generator random(1);
    using convolution = nn::conv2d<float>;
    const nn::conv2d_options options{.filters = 4, .kernel = {3, 3}, .padding = nn::padding::same};
    nn::masked<convolution> layer(options);
    convolution plain(options);
    layer.build("image", {6, 6, 2}, random);
    plain.build("image", {6, 6, 2}, random);
    espalier::mask::weight_mask<float> mask{std::vector<std::uint8_t>(72), std::vector<float>(72)};
    for (std::size_t i = 0; i < 72; ++i) {
      mask.mask[i] = i % 7 == 0 ? 1 : 0;
      mask.offset[i] = i % 7 == 1 ? 0.5F : 0.0F;
    }
    layer.set_mask(mask);
    const auto x = support::random_blocks<float>(random, 72, 1);
    const auto dy = support::random_blocks<float>(random, 144, 1);
    const auto results = [&](const auto& of, bool training) {
      std::vector<float> scratch(of.scratch());
      std::vector<float> all(144 * 16 + 72 * 16 + 76);
      auto slopes = dy;
      nn::pass<float> p{x.data(), all.data(), slopes.data(), all.data() + 144 * 16, 1, scratch.data()};
      p.samples = 16;
      p.noise = training ? 5 : 0;
      of.forward(p);
      of.backward(p);
      float* gradient = all.data() + 216 * 16;
      of.template backward_parameters<espalier::kernels::gradient_kind::plain>(p, gradient, gradient + 72);
      if (training) {
        layer.share(std::span<float>(gradient, 72));
      }
      return all;
    };
    plain.kernel() = layer.kernel();
    CHECK(results(layer, true) == results(plain, true));
    CHECK(results(layer, false) == results(plain, false));
    layer.kernel().data()[2] = plain.kernel().data()[2] = 3;
    const auto changed = results(plain, false);
    CHECK(results(layer, false) == changed);
    layer.hold();
    CHECK(results(layer, false) != changed);
    CHECK(layer.kernel().data()[8] == 0.5F);
  }

  TEST_CASE("a clipped norm does not see gradients of weights that are held") {
    espalier::random_generator random(1);
    nn::masked<nn::dense<double>> layer(nn::dense_options{.units = 3});
    layer.build("out", {2}, random);
    layer.set_mask({{0, 1, 0, 0, 1, 0}, {0.5, 0, 0.5, 0, 0, 0}, {7, 0, 7, 0, 0, 0}});
    std::vector<double> gradient{1, 2, 3, 4, 5, 6};
    layer.share(gradient);
    CHECK(gradient == std::vector<double>{2, 2, 2, 0, 5, 0});
  }

  TEST_CASE("networks of both kinds train shared weights as one, to the same bits") {
    const support::labelled<double> data(100, 6, 4);
    auto row = support::perceptron<double>();
    nn::graph<double> net({6}, 3);
    auto at = net.add(nn::masked<nn::dense<double>>(nn::dense_options{.units = 9}), net.input());
    at = net.add(nn::masked<nn::dense<double>>(nn::dense_options{.units = 5}), net.add(nn::relu<double>(), at));
    net.add(nn::softmax<double>(), net.add(nn::dense<double>({.units = 4}), net.add(nn::relu<double>(), at)));
    std::vector<espalier::mask::weight_mask<double>> masks;
    for (const auto& layer : row.layers()) {
      masks.push_back(espalier::mask::keep_all<double>(layer.kernel.size()));
    }
    for (std::size_t i = 0; i < 45; i += 3) {  // of the second layer
      masks[1].mask[i] = 0;
    }
    masks[1].offset.assign(45, 0.25);
    masks[1].trained_as_one.assign(45, 0);
    for (std::size_t i = 0; i < 45; i += 3) {
      masks[1].trained_as_one[i] = 1;
    }
    row.set_masks(masks);
    net.set_masks(masks);
    const espalier::train::fit_options<> options{.epochs = 5, .batch = 50, .learning_rate = {0.01}};
    espalier::train::fit(row, data.view(), options);
    espalier::train::fit(net, data.view(), options);
    const auto kernel = row.layers()[1].kernel;
    CHECK(kernel[0] != 0.25);
    for (std::size_t i = 0; i < 45; ++i) {
      CHECK((kernel[i] == kernel[0]) == (i % 3 == 0));
      CHECK(kernel[i] == net.layers()[1].kernel[i]);
    }
  }

  TEST_CASE("a mask must have one entry per weight") {
    espalier::random_generator random(1);
    nn::masked<nn::dense<double>> layer(nn::dense_options{.units = 2});
    layer.build("out", {2}, random);
    CHECK_THROWS_WITH_AS(layer.set_mask({{1, 0, 1}, {}}),
                         "espalier::nn::masked: got a mask of 3 weights for layer 'out', expected 4",
                         espalier::shape_error);
    CHECK_THROWS_WITH_AS(layer.set_mask({{1, 0, 1, 1}, {0.5}}),
                         "espalier::nn::masked: got 1 offset for layer 'out', expected 4, or none",
                         espalier::shape_error);
    CHECK_THROWS_WITH_AS(layer.set_mask({{1, 0, 1, 1}, {}, {0, 1}}),
                         "espalier::nn::masked: got 2 group numbers for layer 'out', expected 4, or none",
                         espalier::shape_error);
    CHECK_THROWS_WITH_AS(layer.set_mask({{1, 0, 0, 1}, {0, 1, 2, 0}, {0, 3, 3, 0}}),
                         "espalier::nn::masked: got weight 2 of shared group 3 of layer 'out' with a mask or an offset "
                         "of its own, expected mask 0 and one offset for all of the group",
                         espalier::argument_error);
    CHECK_THROWS_AS(layer.set_mask({{1, 0, 0, 1}, {}, {1, 1, 0, 0}}), espalier::argument_error);
    CHECK(layer.mask().mask == std::vector<std::uint8_t>(4, 1));
  }
}
