// SPDX-License-Identifier: Apache-2.0
#include <espalier/train/gradients.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include <espalier/train/evaluate.hpp>

#include "support/networks.hpp"

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
    CHECK_THROWS_AS((void)train::mean_absolute_gradients(model, data.view(), {.batch = 0}), espalier::argument_error);
    const support::labelled<float> wide(10, 7, 4);
    CHECK_THROWS_AS((void)train::fisher_information(model, wide.view()), espalier::shape_error);
  }

  TEST_CASE("weights that are not finite are named with their layer") {
    auto model = support::perceptron<float>();
    model.parameters()[2][3] = std::numeric_limits<float>::infinity();
    const support::labelled<float> data(10, 6, 4);
    CHECK_THROWS_AS((void)train::fisher_information(model, data.view()), espalier::numeric_error);
  }
}
