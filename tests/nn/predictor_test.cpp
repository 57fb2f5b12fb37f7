// SPDX-License-Identifier: Apache-2.0
#include <espalier/nn/predictor.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/nn/batch_normalization.hpp>
#include <espalier/nn/elu.hpp>
#include <espalier/nn/gelu.hpp>
#include <espalier/nn/graph.hpp>

#include "support/instruction_sets.hpp"
#include "support/networks.hpp"

namespace nn = espalier::nn;

namespace {

/// Rows of predictions of so many samples at a time, one behind the other.
template <class Model, class T>
std::vector<T> in_parts(const Model& model, const std::vector<T>& numbers, std::size_t samples) {
  nn::predictor predict(model, samples);
  const std::size_t part = samples * model.input_shape().size();
  std::vector<T> result;
  for (std::size_t begin = 0; begin < numbers.size(); begin += part) {
    const auto found = predict(std::span<const T>(numbers).subspan(begin, (std::min)(part, numbers.size() - begin)));
    result.insert(result.end(), found.begin(), found.end());
  }
  return result;
}

}  // namespace

TEST_SUITE("nn") {
  TEST_CASE_TEMPLATE("a sample has the same bits alone and in any batch", T, float, double) {
    const auto same = [](auto model, const support::labelled<T>& data) {
      support::disturb(model);
      const auto whole = model.predict(std::span<const T>(data.numbers));
      const std::vector<T> expected(whole.begin(), whole.end());
      for (const std::size_t samples : {1U, 2U, 17U, 64U, 70U}) {
        CHECK(in_parts(model, data.numbers, samples) == expected);
      }
    };
    support::with_each_instruction_set([&](espalier::kernels::instruction_set) {
      same(support::convolutional<T>(), support::labelled<T>(70, 8 * 9 * 2, 3));
      same(support::perceptron<T>(), support::labelled<T>(70, 6, 4));
      // Activations in their place, and not; a batch normalization; the layers of a graph run one by one.
      nn::graph<T> graph({6}, 3);
      const auto first = graph.add(nn::elu<T>(), graph.add(nn::dense<T>({.units = 7}), graph.input()));
      const auto second = graph.add(nn::gelu<T>(), graph.add(nn::batch_normalization<T>(), first));
      graph.add(nn::softmax<T>(), graph.add(nn::dense<T>({.units = 4}), graph.add_up({first, second})));
      same(std::move(graph), support::labelled<T>(70, 6, 4));
    });
  }

  TEST_CASE("predictions go where the caller says, or stay until the next call") {
    auto model = support::perceptron<float>();
    const support::labelled<float> data(130, 6, 4);
    const auto numbers = std::span<const float>(data.numbers);
    const auto expected = model.predict(numbers);
    nn::predictor predict(model, 3);
    std::vector<float> outputs(expected.size());
    predict(numbers, outputs);
    CHECK(std::equal(outputs.begin(), outputs.end(), expected.begin(), expected.end()));
    // More than it was made for.
    const auto own = predict(numbers);
    CHECK(std::equal(own.begin(), own.end(), expected.begin(), expected.end()));
    CHECK(predict(numbers.first(0)).empty());
    // It sees what became of the network.
    model.parameters()[0][0] += 1;
    const auto changed = predict(numbers);
    CHECK(!std::equal(changed.begin(), changed.end(), expected.begin(), expected.end()));
    static_assert(!std::is_constructible_v<nn::predictor<decltype(model)>, decltype(model)&&>);
  }

  TEST_CASE("samples that are not whole, or outputs without room, are refused") {
    const auto model = support::perceptron<float>();
    const std::vector<float> numbers(12);
    std::vector<float> outputs(2 * model.output_shape().size() - 1);
    nn::predictor predict(model);
    CHECK_THROWS_WITH_AS(predict(std::span<const float>(numbers).first(7)),
                         "espalier::nn::predictor: got 7 numbers, expected a multiple of 6, for samples of shape (6)",
                         espalier::shape_error);
    CHECK_THROWS_WITH_AS(predict(std::span<const float>(numbers), outputs),
                         "espalier::nn::predictor: got room for 7 outputs, expected 8, 4 per sample",
                         espalier::shape_error);
  }
}
