// SPDX-License-Identifier: Apache-2.0
#include <espalier/train/gradients.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <espalier/loss/mean_absolute_error.hpp>
#include <espalier/nn/tanh.hpp>
#include <espalier/train/evaluate.hpp>

#include "support/networks.hpp"

namespace nn = espalier::nn;
namespace train = espalier::train;

namespace {

/// d loss / d weight of the mean loss over the view, by differences.
template <class Model>
double slope(Model& model, const train::data_view<double>& view, double& weight) {
  const double middle = weight;
  weight = middle + 1e-6;
  const double above = train::evaluate(model, view).loss;
  weight = middle - 1e-6;
  const double below = train::evaluate(model, view).loss;
  weight = middle;
  return (above - below) / 2e-6;
}

/// d^2 loss / d weight^2 of the mean loss over the view, by differences.
template <class Model, class Loss = espalier::loss::categorical_cross_entropy>
double bend(Model& model, const train::data_view<double>& view, double& weight, const Loss& loss = {}) {
  const train::evaluate_options<Loss> judge{.loss = loss};
  const double step = 2e-5;
  const double middle = weight;
  const double here = train::evaluate(model, view, judge).loss;
  weight = middle + step;
  const double above = train::evaluate(model, view, judge).loss;
  weight = middle - step;
  const double below = train::evaluate(model, view, judge).loss;
  weight = middle;
  return (above - 2 * here + below) / (step * step);
}

/// The diagonal is exact, and that of finite differences, for every so many weights.
template <class Model, class Loss = espalier::loss::categorical_cross_entropy>
void check_hessian(Model& model, const train::data_view<double>& view, std::size_t stride, const Loss& loss = {}) {
  const auto found = train::hessian_diagonal(model, view, train::hessian_options<Loss>{.batch = 32, .loss = loss});
  CHECK(found.exact);
  const auto layers = model.layers();
  REQUIRE(found.diagonal.size() == layers.size());
  double largest = 0;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    REQUIRE(found.diagonal[l].size() == layers[l].kernel.size());
    CHECK(found.standard_error[l] == std::vector<double>(layers[l].kernel.size(), 0));
    for (std::size_t i = 0; i < found.diagonal[l].size(); i += stride) {
      CAPTURE(l);
      CAPTURE(i);
      CHECK(found.diagonal[l][i] ==
            doctest::Approx(bend(model, view, layers[l].kernel[i], loss)).epsilon(1e-3).scale(1e-2));
      largest = (std::max)(largest, found.diagonal[l][i]);
    }
  }
  CHECK(largest > 0.01);
}

}  // namespace

TEST_SUITE("train") {
  TEST_CASE("the Fisher information is the mean of squared gradients of single samples") {
    auto model = support::perceptron<double>();
    support::disturb(model);
    const support::labelled<double> data(70, 6, 4);
    const auto fisher = train::fisher_information(model, data.view());
    REQUIRE(fisher.size() == 3);
    const auto layers = model.layers();
    for (std::size_t l = 0; l < 3; ++l) {
      REQUIRE(fisher[l].size() == layers[l].kernel.size());
      for (std::size_t i = 0; i < fisher[l].size(); i += 7) {
        double expected = 0;
        auto view = data.view();
        for (std::uint32_t sample = 0; sample < 70; ++sample) {
          view.chosen = {sample};
          const double g = slope(model, view, layers[l].kernel[i]);
          expected += g * g / 70;
        }
        CHECK(fisher[l][i] == doctest::Approx(expected).epsilon(1e-5).scale(1e-3));
      }
    }
  }

  TEST_CASE("few samples, drawn by their gradients, give the Fisher information of all on average") {
    auto model = support::perceptron<double>();
    support::disturb(model);
    const support::labelled<double> data(300, 6, 4);
    const auto all = train::fisher_information(model, data.view(), {.drawn = 300});
    CHECK(train::fisher_information(model, data.view()) == all);  // there are no more than are drawn anyway
    constexpr std::uint64_t rounds = 200;
    std::vector<std::vector<double>> mean(all.size());
    double squares = 0;
    for (std::uint64_t seed = 0; seed < rounds; ++seed) {
      const auto few = train::fisher_information(model, data.view(), {.drawn = 40, .seed = seed});
      CHECK(few != all);
      for (std::size_t l = 0; l < all.size(); ++l) {
        mean[l].resize(all[l].size());
        for (std::size_t i = 0; i < all[l].size(); ++i) {
          mean[l][i] += few[l][i] / static_cast<double>(rounds);
          squares += (few[l][i] - all[l][i]) * (few[l][i] - all[l][i]) / static_cast<double>(rounds);
        }
      }
    }
    double apart = 0;
    for (std::size_t l = 0; l < all.size(); ++l) {
      for (std::size_t i = 0; i < all[l].size(); ++i) {
        apart += (mean[l][i] - all[l][i]) * (mean[l][i] - all[l][i]);
      }
    }
    CHECK(apart < 2 * squares / static_cast<double>(rounds));  // as of a mean of draws that are right on average
  }

  TEST_CASE("samples that weigh nothing are not drawn, weights of others count, and so do samples that come again") {
    auto model = support::perceptron<double>();
    const support::labelled<double> data(300, 6, 4);
    std::vector<double> weights(300, 0);
    std::fill_n(weights.begin(), 30, 3);
    auto view = data.view();
    view.weights = weights;
    // Of 30 samples with a gradient none is left out if 150 are drawn.
    const auto few = train::fisher_information(model, view, {.drawn = 150});
    const auto all = train::fisher_information(model, view, {.drawn = 300});
    for (std::size_t l = 0; l < all.size(); ++l) {
      for (std::size_t i = 0; i < all[l].size(); ++i) {
        CHECK(few[l][i] == doctest::Approx(all[l][i]));
      }
    }
    // Ten times the same sample, of which five are drawn.
    view.chosen.assign(10, 7);
    const auto one = train::fisher_information(model, view, {.drawn = 5});
    view.chosen.resize(1);
    const auto same = train::fisher_information(model, view);
    for (std::size_t l = 0; l < same.size(); ++l) {
      for (std::size_t i = 0; i < same[l].size(); ++i) {
        CHECK(one[l][i] == doctest::Approx(same[l][i]));
      }
    }
    view.chosen = data.view().chosen;
    weights.assign(300, 0);
    for (const auto& layer : train::fisher_information(model, view, {.drawn = 10})) {
      CHECK(layer == std::vector<double>(layer.size(), 0));
    }
  }

  TEST_CASE("absolute gradients are averaged over mini-batches, the last of which may be short") {
    auto model = support::convolutional<double>();
    support::disturb(model);
    const support::labelled<double> data(40, 8 * 9 * 2, 3);
    const train::gradient_options<> options{.batch = 30, .seed = 4};
    const auto found = train::mean_absolute_gradients(model, data.view(), options);
    auto order = data.view().chosen;
    espalier::random_generator(4).shuffle(std::span(order));
    const auto layers = model.layers();
    REQUIRE(found.size() == layers.size());
    for (std::size_t l = 0; l < layers.size(); ++l) {
      for (std::size_t i = 0; i < found[l].size(); i += 11) {
        double expected = 0;
        auto view = data.view();
        view.chosen.assign(order.begin(), order.begin() + 30);
        expected += std::abs(slope(model, view, layers[l].kernel[i])) / 2;
        view.chosen.assign(order.begin() + 30, order.end());
        expected += std::abs(slope(model, view, layers[l].kernel[i])) / 2;
        CHECK(found[l][i] == doctest::Approx(expected).epsilon(1e-5).scale(1e-3));
      }
    }
  }

  TEST_CASE("the numbers do not depend on threads, and only as many samples are looked at as asked for") {
    auto model = support::convolutional<float>();
    const support::labelled<float> data(500, 8 * 9 * 2, 3);
    const auto one = train::fisher_information(model, data.view(), {.samples = 333});
    CHECK(train::fisher_information(model, data.view(), {.samples = 333, .threads = 2}) == one);
    CHECK(train::fisher_information(model, data.view(), {.samples = 333, .threads = 4}) == one);
    CHECK(train::fisher_information(model, data.view(), {.samples = 334}) != one);
    CHECK(train::fisher_information(model, data.view(), {.samples = 333, .seed = 1}) != one);
    const auto gradients = train::mean_absolute_gradients(model, data.view());
    CHECK(train::mean_absolute_gradients(model, data.view(), {.threads = 2}) == gradients);
  }

  TEST_CASE("no samples and batches of none are refused") {
    auto model = support::perceptron<float>();
    const support::labelled<float> data(10, 6, 4);
    CHECK_THROWS_AS((void)train::fisher_information(model, data.view(), {.samples = 0}), espalier::argument_error);
    CHECK_THROWS_AS((void)train::fisher_information(model, data.view(), {.drawn = 0}), espalier::argument_error);
    CHECK_THROWS_AS((void)train::mean_absolute_gradients(model, data.view(), {.batch = 0}), espalier::argument_error);
    const support::labelled<float> wide(10, 7, 4);
    CHECK_THROWS_AS((void)train::fisher_information(model, wide.view()), espalier::shape_error);
  }

  TEST_CASE("weights that are not finite are named with their layer") {
    auto model = support::perceptron<float>();
    model.parameters()[2][3] = std::numeric_limits<float>::infinity();
    const support::labelled<float> data(10, 6, 4);
    CHECK_THROWS_AS((void)train::fisher_information(model, data.view()), espalier::numeric_error);
    CHECK_THROWS_AS((void)train::fisher_information(model, data.view(), {.drawn = 2}), espalier::numeric_error);
  }

  TEST_CASE("the diagonal of the Hessian is exact where scores are linear piece by piece") {
    auto dense = support::perceptron<double>();
    support::disturb(dense);
    const support::labelled<double> data(70, 6, 4);
    check_hessian(dense, data.view(), 3);
    auto weighed = data.view();
    std::vector<double> weights(70);
    for (std::size_t i = 0; i < 70; ++i) {
      weights[i] = 0.1 * static_cast<double>(i % 7);
    }
    weighed.weights = weights;
    weighed.chosen.resize(50);
    check_hessian(dense, weighed, 7, espalier::loss::categorical_cross_entropy{.label_smoothing = 0.2});
    auto images = support::convolutional<double>();
    support::disturb(images);
    const support::labelled<double> pictures(20, 8 * 9 * 2, 3);
    check_hessian(images, pictures.view(), 23);
  }

  TEST_CASE("elsewhere the Hessian is estimated, with an error that says how far off it is") {
    nn::sequential net({6}, 3, nn::dense<double>({.units = 5}), nn::tanh<double>(), nn::dense<double>({.units = 4}),
                       nn::softmax<double>());
    const support::labelled<double> data(70, 6, 4);
    const std::vector<double> before(net.layers()[0].kernel.begin(), net.layers()[0].kernel.end());
    const auto found = train::hessian_diagonal(net, data.view(), {.batch = 32, .probes = 200});
    CHECK_FALSE(found.exact);
    CHECK(std::equal(before.begin(), before.end(), net.layers()[0].kernel.begin()));
    const auto layers = net.layers();
    std::size_t count = 0;
    std::size_t within = 0;
    for (std::size_t l = 0; l < 2; ++l) {
      for (std::size_t i = 0; i < found.diagonal[l].size(); ++i, ++count) {
        const double off = std::abs(found.diagonal[l][i] - bend(net, data.view(), layers[l].kernel[i]));
        const double error = found.standard_error[l][i];
        CHECK(error > 0);
        CHECK(off < 5 * error + 1e-6);
        within += off < 2 * error ? 1 : 0;
      }
    }
    CHECK(within > count * 8 / 10);
    CHECK(within < count);
    const train::hessian_options<> shifted{.seed = 4, .threads = 2, .probes = 2};
    const train::hessian_options<> alone{.seed = 4, .probes = 2};
    CHECK(train::hessian_diagonal(net, data.view(), shifted).diagonal ==
          train::hessian_diagonal(net, data.view(), alone).diagonal);
  }

  TEST_CASE("the Hessian's diagonal is no sum of its rows, and does not depend on threads") {
    // The loss |w1 w2 - t| of one sample has the rows (0, s) and (s, 0).
    nn::sequential net({1}, 3, nn::dense<double>({.units = 1, .bias = false}),
                       nn::dense<double>({.units = 1, .bias = false}));
    const std::vector<double> one{1};
    const std::vector<double> far{-10};
    const train::hessian_options<espalier::loss::mean_absolute_error> options;
    const auto straight =
        train::hessian_diagonal(net, train::view_all<double>(std::span<const double>(one), far, 1), options);
    CHECK(straight.exact);
    CHECK(straight.diagonal == std::vector<std::vector<double>>{{0}, {0}});
    auto model = support::convolutional<float>();
    const support::labelled<float> data(100, 8 * 9 * 2, 3);
    const auto found = train::hessian_diagonal(model, data.view(), {.samples = 90, .batch = 70});
    CHECK(train::hessian_diagonal(model, data.view(), {.samples = 90, .batch = 70, .threads = 3}).diagonal ==
          found.diagonal);
  }

  TEST_CASE("a Hessian of no samples, of one probe or of weights that are not finite is refused") {
    auto model = support::perceptron<float>();
    const support::labelled<float> data(10, 6, 4);
    CHECK_THROWS_AS((void)train::hessian_diagonal(model, data.view(), {.samples = 0}), espalier::argument_error);
    CHECK_THROWS_WITH_AS((void)train::hessian_diagonal(model, data.view(), {.probes = 1}),
                         "espalier::train::hessian_diagonal: got 1 probes, expected 2 or more",
                         espalier::argument_error);
    model.parameters()[2][3] = std::numeric_limits<float>::infinity();
    CHECK_THROWS_AS((void)train::hessian_diagonal(model, data.view()), espalier::numeric_error);
  }
}
