// SPDX-License-Identifier: Apache-2.0
// Small networks and data for the tests of training.
#ifndef ESPALIER_TESTS_SUPPORT_NETWORKS_HPP
#define ESPALIER_TESTS_SUPPORT_NETWORKS_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/base/random_generator.hpp>
#include <espalier/nn/conv2d.hpp>
#include <espalier/nn/dense.hpp>
#include <espalier/nn/flatten.hpp>
#include <espalier/nn/masked.hpp>
#include <espalier/nn/max_pool2d.hpp>
#include <espalier/nn/relu.hpp>
#include <espalier/nn/sequential.hpp>
#include <espalier/nn/softmax.hpp>
#include <espalier/train/data_view.hpp>

#include "support/lane_blocks.hpp"

namespace support {

namespace nn = espalier::nn;

/// Samples of some classes: noise around one centre per class, so that there is something to learn.
template <class T>
struct labelled {
  labelled(std::size_t samples, std::size_t features, std::size_t classes) : numbers(samples * features) {
    espalier::random_generator random(17);
    const auto centres = random_numbers<double>(random, classes * features);
    for (std::size_t s = 0; s < samples; ++s) {
      labels.push_back(static_cast<std::uint32_t>(random.below(classes)));
      for (std::size_t f = 0; f < features; ++f) {
        numbers[s * features + f] = static_cast<T>(centres[labels[s] * features + f] + 0.3 * random.normal());
      }
    }
  }
  [[nodiscard]] espalier::train::data_view<T> view() const {
    return espalier::train::view_all<T>(std::span<const T>(numbers), labels);
  }

  std::vector<T> numbers;
  std::vector<std::uint32_t> labels;
};

/// 6 inputs, 4 classes.
template <class T>
auto perceptron(std::uint64_t seed = 3) {
  return nn::sequential({6}, seed, nn::masked<nn::dense<T>>(nn::dense_options{.units = 9}), nn::relu<T>(),
                        nn::masked<nn::dense<T>>(nn::dense_options{.units = 5}), nn::relu<T>(),
                        nn::dense<T>(nn::dense_options{.units = 4}), nn::softmax<T>());
}

/// A small LeNet for images 8 x 9 x 2, 3 classes: both kinds of padding, pooling that leaves a column out.
template <class T>
auto convolutional(std::uint64_t seed = 4) {
  return nn::sequential(
      {8, 9, 2}, seed,
      nn::masked<nn::conv2d<T>>(nn::conv2d_options{.filters = 5, .kernel = {3, 3}, .padding = nn::padding::same}),
      nn::relu<T>(), nn::max_pool2d<T>(), nn::masked<nn::conv2d<T>>(nn::conv2d_options{.filters = 7, .kernel = {2, 3}}),
      nn::relu<T>(), nn::conv2d<T>(nn::conv2d_options{.filters = 4, .kernel = {2, 1}}),
      nn::max_pool2d<T>({.pool = {1, 2}}), nn::flatten<T>(), nn::masked<nn::dense<T>>(nn::dense_options{.units = 8}),
      nn::relu<T>(), nn::dense<T>(nn::dense_options{.units = 3}), nn::softmax<T>());
}

/// @return all numbers that training changes.
template <class Model>
std::vector<typename Model::value_type> all_weights(Model& model) {
  std::vector<typename Model::value_type> result;
  for (const auto& parameter : model.parameters()) {
    result.insert(result.end(), parameter.begin(), parameter.end());
  }
  return result;
}

/// Moves the biases off 0, so that tests see them.
template <class Model>
void disturb(Model& model) {
  espalier::random_generator random(23);
  for (const auto& parameter : model.parameters()) {
    for (auto& number : parameter) {
      number += static_cast<typename Model::value_type>(0.05 * random.normal());
    }
  }
}

}  // namespace support

#endif
