// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/batch_normalization.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include <espalier/nn/conv2d.hpp>
#include <espalier/nn/dense.hpp>
#include <espalier/nn/sequential.hpp>

#include "support/check_layer.hpp"

namespace nn = espalier::nn;

namespace {

/// A layer over two slots of a mini-batch, 16 and 5 samples. The loss is the sum of y u with fixed random u.
struct batch_under_test {
  explicit batch_under_test(const espalier::extents& input)
      : layer(nn::batch_normalization_options{.momentum = 0.75, .epsilon = 0.01}), features(input.size()) {
    layer.build("under test", input, random);
    for (double& number : espalier::elements(layer.kernel())) {
      number += 0.3 * random.normal();
    }
    for (std::size_t slot = 0; slot < 2; ++slot) {
      x.push_back(support::random_blocks<double>(random, features, 1));
      u.push_back(support::random_blocks<double>(random, features, 1));
      for (std::size_t i = 0; i < u[slot].size(); ++i) {
        u[slot][i] = i % 16 < samples[slot] ? u[slot][i] : 0;
      }
      y.emplace_back(x[slot].size());
      dx.emplace_back(x[slot].size());
      sums.emplace_back(layer.sums());
    }
    batch.resize(layer.sums());
    scratch.resize(layer.scratch());
  }
  nn::pass<double> pass(std::size_t slot) {
    nn::pass<double> p{x[slot].data(), y[slot].data(), u[slot].data(), dx[slot].data(), 1, scratch.data()};
    p.samples = samples[slot];
    p.noise = 1;
    p.slot_sums = sums[slot].data();
    p.batch_sums = batch.data();
    return p;
  }
  double loss() {
    const std::array<const double*, 2> slots{sums[0].data(), sums[1].data()};
    layer.collect(pass(0));
    layer.collect(pass(1));
    layer.combine({slots, 0}, batch.data());
    double total = 0;
    for (std::size_t slot = 0; slot < 2; ++slot) {
      layer.forward_batch(pass(slot));
      for (std::size_t i = 0; i < y[slot].size(); ++i) {
        total += y[slot][i] * u[slot][i];
      }
    }
    return total;
  }
  /// @return gradients of gamma, then beta; those of the input are in dx.
  std::vector<double> back() {
    const std::array<const double*, 2> slots{sums[0].data(), sums[1].data()};
    const std::size_t channels = layer.kernel().size();
    std::vector<double> gradients(2 * channels);
    for (std::size_t slot = 0; slot < 2; ++slot) {
      layer.collect_slopes(pass(slot));
      layer.add_slopes(pass(slot), gradients.data(), gradients.data() + channels);
    }
    layer.combine_slopes({slots, 0}, batch.data());
    layer.backward_batch(pass(0));
    layer.backward_batch(pass(1));
    return gradients;
  }
  double slope(double& number) {
    const double middle = number;
    number = middle + 1e-6;
    const double above = loss();
    number = middle - 1e-6;
    const double below = loss();
    number = middle;
    return (above - below) / 2e-6;
  }

  espalier::random_generator random{3};
  nn::batch_normalization<double> layer;
  std::size_t features;
  std::array<std::size_t, 2> samples{16, 5};
  std::vector<std::vector<double>> x;
  std::vector<std::vector<double>> u;
  std::vector<std::vector<double>> y;
  std::vector<std::vector<double>> dx;
  std::vector<std::vector<double>> sums;
  std::vector<double> batch;
  std::vector<double> scratch;
};

}  // namespace

TEST_SUITE("nn") {
  TEST_CASE("over a mini-batch of several slots every channel gets the mean and spread that are trained") {
    batch_under_test test({2, 3});
    test.layer.bias().data()[1] = 0.5;
    test.loss();
    for (std::size_t channel = 0; channel < 3; ++channel) {
      double mean = 0;
      double square = 0;
      for (std::size_t slot = 0; slot < 2; ++slot) {
        for (std::size_t sample = 0; sample < test.samples[slot]; ++sample) {
          for (const std::size_t position : {0U, 1U}) {
            const double number = test.y[slot][support::place(sample, position * 3 + channel, 6)];
            mean += number / 42;
            square += number * number / 42;
          }
        }
      }
      CHECK(mean == doctest::Approx(channel == 1 ? 0.5 : 0).epsilon(1e-9).scale(1));
      const double gamma = test.layer.kernel().data()[channel];
      const double variance = test.batch[1 + 3 + channel];
      CHECK(square - mean * mean == doctest::Approx(gamma * gamma * variance / (variance + 0.01)));
    }
  }

  TEST_CASE("the gradients in training are those of finite differences, and lanes without samples have none") {
    batch_under_test test({2, 3});
    test.loss();
    const auto gradients = test.back();
    const auto dx = test.dx;
    for (std::size_t slot = 0; slot < 2; ++slot) {
      for (std::size_t i = 0; i < dx[slot].size(); i += 3) {
        CHECK(dx[slot][i] == doctest::Approx(test.slope(test.x[slot][i])).epsilon(1e-6).scale(1));
      }
    }
    CHECK(dx[1][15] == 0);
    for (std::size_t c = 0; c < 3; ++c) {
      CHECK(gradients[c] == doctest::Approx(test.slope(test.layer.kernel().data()[c])).epsilon(1e-6));
      CHECK(gradients[3 + c] == doctest::Approx(test.slope(test.layer.bias().data()[c])).epsilon(1e-6));
    }
  }

  TEST_CASE("averages move by the momentum, for images towards the unbiased variance") {
    for (const bool images : {false, true}) {
      batch_under_test test(images ? espalier::extents{2, 2, 3} : espalier::extents{3});
      test.loss();
      test.layer.remember(test.batch.data());
      const double n = test.batch[0];
      CHECK(n == (images ? 84 : 21));
      CHECK(test.layer.moving()(0, 2) == doctest::Approx(0.25 * test.batch[3]));
      CHECK(test.layer.moving()(1, 2) == doctest::Approx(0.75 + 0.25 * test.batch[6] * (images ? n / (n - 1) : 1)));
    }
  }

  TEST_CASE("outside of training the averages are used, with the gradients of finite differences") {
    nn::batch_normalization<double> layer({.epsilon = 0.01});
    support::layer_under_test<nn::batch_normalization<double>> test(layer, {2, 2, 3}, 1);
    const std::vector<double> moving{0.1, -0.2, 0.3, 0.5, 2, 1};
    std::copy(moving.begin(), moving.end(), test.layer.moving().data());
    std::vector<double> y(test.x.size());
    std::vector<double> dx(test.x.size());
    std::vector<double> scratch(test.layer.scratch());
    nn::pass<double> pass{test.x.data(), y.data(), test.u.data(), dx.data(), 1, scratch.data()};
    pass.samples = 16;
    const auto loss = [&] {
      test.layer.forward(pass);
      double total = 0;
      for (std::size_t i = 0; i < y.size(); ++i) {
        total += y[i] * test.u[i];
      }
      return total;
    };
    loss();
    CHECK(y[support::place(4, 4, 12)] == doctest::Approx((test.x[support::place(4, 4, 12)] + 0.2) / std::sqrt(2.01)));
    const auto slope = [&](double& number) {
      const double middle = number;
      number = middle + 1e-6;
      const double above = loss();
      number = middle - 1e-6;
      const double below = loss();
      number = middle;
      return (above - below) / 2e-6;
    };
    test.layer.backward(pass);
    std::vector<double> gradients(6);
    test.layer.backward_parameters<espalier::kernels::gradient_kind::plain>(pass, gradients.data(),
                                                                            gradients.data() + 3);
    for (std::size_t i = 0; i < dx.size(); i += 5) {
      CHECK(dx[i] == doctest::Approx(slope(test.x[i])).epsilon(1e-6));
    }
    for (std::size_t c = 0; c < 3; ++c) {
      CHECK(gradients[c] == doctest::Approx(slope(test.layer.kernel().data()[c])).epsilon(1e-6));
      CHECK(gradients[3 + c] == doctest::Approx(slope(test.layer.bias().data()[c])).epsilon(1e-6));
    }
  }

  TEST_CASE("folded into the layer before it changes nothing any more") {
    nn::sequential net({4, 5, 2}, 2, nn::conv2d<double>({.filters = 3}), nn::batch_normalization<double>());
    espalier::random_generator random(8);
    for (const auto& parameter : net.parameters()) {
      for (double& number : parameter) {
        number += 0.5 * random.uniform();
      }
    }
    const auto samples = support::random_numbers<double>(random, 40);
    const auto before = net.predict(samples);
    net.fold_batch_normalizations();
    const auto after = net.predict(samples);
    for (std::size_t i = 0; i < before.size(); ++i) {
      CHECK(after.data()[i] == doctest::Approx(before.data()[i]).epsilon(1e-12));
    }
    CHECK(net.parameters()[2][0] == 1);
    CHECK(net.parameters()[3][0] == 0);
    CHECK(net.parameters()[4][0] == 0);
    nn::sequential bare({4, 5, 2}, 2, nn::conv2d<double>({.filters = 3, .bias = false}),
                        nn::batch_normalization<double>());
    CHECK_THROWS_WITH_AS(bare.fold_batch_normalizations(),
                         "espalier::nn::batch_normalization::fold_into: got a layer of 54 weights and 0 biases before "
                         "'batch_normalization_1', expected one with 3 units, each with a bias",
                         espalier::shape_error);
  }

  TEST_CASE("settings out of range are refused") {
    CHECK_THROWS_AS(nn::batch_normalization<float>({.momentum = 1.5}), espalier::argument_error);
    CHECK_THROWS_AS(nn::batch_normalization<float>({.epsilon = 0}), espalier::argument_error);
  }
}
