// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/quantized.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <espalier/optim/sgd.hpp>
#include <espalier/quantize/binary.hpp>
#include <espalier/quantize/fixed_point.hpp>
#include <espalier/quantize/scaled_binary.hpp>
#include <espalier/train/evaluate.hpp>
#include <espalier/train/fit.hpp>
#include <espalier/train/gradients.hpp>

#include "support/networks.hpp"

namespace nn = espalier::nn;
namespace optim = espalier::optim;
namespace quantize = espalier::quantize;
namespace train = espalier::train;

namespace {

using fixed = quantize::fixed_point;
using rounded_dense = nn::quantized<nn::dense<double>, fixed>;
using rounded_conv = nn::quantized<nn::conv2d<double>, fixed>;

constexpr fixed four_bits{.width = 4, .integer = 1};
constexpr fixed six_bits{.width = 6, .integer = 2};

auto rounded_network() {
  return nn::sequential({8, 9, 2}, 4, rounded_conv({.filters = 3}, four_bits, six_bits), nn::relu<double>(),
                        nn::max_pool2d<double>(), nn::flatten<double>(), rounded_dense({.units = 5}, four_bits),
                        nn::relu<double>(), nn::dense<double>({.units = 3}), nn::softmax<double>());
}
auto plain_network() {
  return nn::sequential({8, 9, 2}, 4, nn::conv2d<double>({.filters = 3}), nn::relu<double>(), nn::max_pool2d<double>(),
                        nn::flatten<double>(), nn::dense<double>({.units = 5}), nn::relu<double>(),
                        nn::dense<double>({.units = 3}), nn::softmax<double>());
}

/// Weights of the rounded network, rounded, into the plain one.
template <class Rounded, class Plain>
void copy_rounded(Rounded& from, Plain& to) {
  const auto exact = from.parameters();
  const auto parameters = to.parameters();
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    for (std::size_t i = 0; i < parameters[p].size(); ++i) {
      const double w = exact[p][i];
      const bool is_rounded = p == 0 || p == 1 || p == 2;
      parameters[p][i] = !is_rounded ? w : (p == 1 ? six_bits.value(w) : four_bits.value(w));
    }
  }
}

}  // namespace

TEST_SUITE("nn") {
  TEST_CASE("a quantized network is the plain one with rounded weights, forward and back, whenever weights change") {
    const support::labelled<double> data(70, 8 * 9 * 2, 3);
    auto rounded = rounded_network();
    auto plain = plain_network();
    for (int round = 0; round < 2; ++round) {
      support::disturb(rounded);
      copy_rounded(rounded, plain);
      CHECK(rounded.predict(data.numbers) == plain.predict(data.numbers));
      CHECK(train::evaluate(rounded, data.view()).loss == train::evaluate(plain, data.view()).loss);
      CHECK(train::mean_absolute_gradients(rounded, data.view()) == train::mean_absolute_gradients(plain, data.view()));
      CHECK(train::fisher_information(rounded, data.view()) == train::fisher_information(plain, data.view()));
    }
  }

  TEST_CASE("training moves the exact weights behind the rounded ones, with the same bits for any number of threads") {
    const support::labelled<double> data(300, 8 * 9 * 2, 3);
    const auto trained = [&](std::size_t threads) {
      auto model = rounded_network();
      const double before = train::evaluate(model, data.view()).loss;
      train::fit(model, data.view(),
                 train::fit_options<>{.epochs = 15, .batch = 100, .threads = threads, .learning_rate = {0.01}});
      CHECK(train::evaluate(model, data.view()).loss < 0.5 * before);
      std::vector<double> all;
      for (const auto& parameter : model.parameters()) {
        all.insert(all.end(), parameter.begin(), parameter.end());
      }
      return all;
    };
    const auto one = trained(1);
    CHECK(trained(3) == one);
    CHECK(four_bits.value(one[0]) != one[0]);
  }

  TEST_CASE("gradients are multiplied by the quantizer's slope") {
    const support::labelled<double> data(40, 6, 4);
    const quantize::binary soft{.alpha = 0.5, .soft = true};
    nn::sequential model({6}, 1, nn::quantized<nn::dense<double>, quantize::binary>({.units = 4}, soft),
                         nn::softmax<double>());
    nn::sequential plain({6}, 1, nn::dense<double>({.units = 4}), nn::softmax<double>());
    for (std::size_t i = 0; i < 24; ++i) {
      plain.parameters()[0][i] = soft.value(model.parameters()[0][i]);
    }
    const auto got = train::mean_absolute_gradients(model, data.view());
    const auto squares = train::fisher_information(model, data.view());
    const auto expected = train::mean_absolute_gradients(plain, data.view());
    const auto expected_squares = train::fisher_information(plain, data.view());
    for (std::size_t i = 0; i < 24; ++i) {
      const double slope = soft.slope(model.parameters()[0][i]);
      CHECK(slope < 1);
      CHECK(got[0][i] == doctest::Approx(expected[0][i] * slope));
      CHECK(squares[0][i] == doctest::Approx(expected_squares[0][i] * slope * slope));
    }
  }

  TEST_CASE("masks hold weights at 0 even where the quantizer has no 0") {
    const support::labelled<double> data(200, 6, 4);
    using layer = nn::masked<nn::quantized<nn::dense<double>, quantize::binary>>;
    nn::sequential model({6}, 1, layer({.units = 8}, {.alpha = 0.25}), nn::relu<double>(),
                         nn::dense<double>({.units = 4}), nn::softmax<double>());
    std::vector<espalier::mask::weight_mask<double>> masks{espalier::mask::keep_all<double>(48),
                                                           espalier::mask::keep_all<double>(32)};
    for (std::size_t i = 0; i < 48; i += 8) {
      masks[0].mask[i] = 0;  // all weights of the first neuron
    }
    model.set_masks(masks);
    train::fit(model, data.view(), train::fit_options<>{.epochs = 20, .batch = 50, .learning_rate = {0.01}});
    CHECK(model.parameters()[0][8] == 0);
    CHECK(model.parameters()[0][9] != 0);
    CHECK(model.layer_at<0>().rounded(model.parameters()[0][8]) == 0);
    CHECK(std::abs(model.layer_at<0>().rounded(model.parameters()[0][9])) == 0.25);
    CHECK(train::evaluate(model, data.view()).accuracy > 0.8);
    // The neuron without weights gives its bias, whatever the sample.
    model.parameters()[1][0] = 3;
    auto memory = model.make_workspace(1);
    std::vector<std::uint32_t> order{0, 1, 2};
    espalier::kernels::gather<double>(data.numbers.data(), 6, order, memory.value(0));
    model.forward(memory, 1);
    CHECK(memory.value(1)[1] == 3);
    CHECK(memory.value(1)[2] == 3);
  }

  TEST_CASE("settings of the quantizer are checked") {
    CHECK_THROWS_AS(rounded_dense({.units = 5}, fixed{.width = 0}), espalier::argument_error);
    CHECK_THROWS_AS(rounded_dense({.units = 5}, {}, fixed{.width = 99}), espalier::argument_error);
  }

  TEST_CASE("scales may be found from all weights of a kernel, and pruned weights stay 0") {
    using scaled = nn::quantized<nn::dense<double>, quantize::scaled_binary>;
    nn::sequential net({6}, 4, nn::masked<scaled>(nn::dense_options{.units = 3}, quantize::scaled_binary{}));
    auto mask = espalier::mask::keep_all<double>(18);
    mask.mask[4] = 0;
    net.set_masks(std::vector{mask});
    const auto kernel = net.parameters()[0];
    double size = 0;
    for (std::size_t input = 0; input < 6; ++input) {
      size += std::abs(kernel[input * 3 + 1]);
    }
    const std::vector<double> samples(6, 1.0);
    double sum = 0;
    for (std::size_t input = 0; input < 6; ++input) {
      const double w = kernel[input * 3 + 1];
      sum += w == 0 ? 0 : (w > 0 ? size / 5 : -size / 5);
    }
    CHECK(net.predict(samples)(0, 1) == doctest::Approx(sum).epsilon(1e-6));
  }
}
