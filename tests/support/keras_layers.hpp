// SPDX-License-Identifier: Apache-2.0
// Runs layers one behind the other on a sample of Keras's, forward and back, and compares with what Keras computes.
#ifndef ESPALIER_TESTS_SUPPORT_KERAS_LAYERS_HPP
#define ESPALIER_TESTS_SUPPORT_KERAS_LAYERS_HPP

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <espalier/base/extents.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/gradient_kind.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/nn/layer.hpp>
#include <espalier/tensor/tensor.hpp>

#include "support/keras.hpp"

namespace support {

/// Numbers of samples, brought into lanes.
template <class T>
std::vector<T> in_lanes(const std::vector<T>& rows, std::size_t samples) {
  std::vector<std::uint32_t> order(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    order[i] = static_cast<std::uint32_t>(i);
  }
  using namespace espalier::kernels;
  std::vector<T> blocks(rows.size() / samples * blocks_of(samples) * lanes);
  gather<T>(rows.data(), rows.size() / samples, order, blocks.data());
  return blocks;
}

/// The same of gradients: lanes without a sample repeat the last one but have none.
template <class T>
std::vector<T> gradients_in_lanes(const std::vector<T>& rows, std::size_t samples) {
  auto blocks = in_lanes(rows, samples);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    blocks[i] = i % espalier::kernels::lanes < samples % espalier::kernels::lanes ? blocks[i] : T{0};
  }
  return blocks;
}

/// The way back.
template <class T>
std::vector<T> in_rows(const std::vector<T>& blocks, std::size_t samples) {
  const std::size_t features = blocks.size() / (espalier::kernels::blocks_of(samples) * espalier::kernels::lanes);
  std::vector<T> rows(features * samples);
  espalier::kernels::scatter<T>(blocks.data(), features, samples, rows.data());
  return rows;
}

/// @param tolerance  relative; a tenth of it absolute.
template <class T>
void check_numbers(const std::vector<T>& got, const std::vector<T>& expected, double tolerance) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    const auto g = static_cast<double>(got[i]);
    const auto e = static_cast<double>(expected[i]);
    if (!(std::abs(g - e) <= tolerance * (0.1 + std::abs(e)))) {
      CAPTURE(i);
      CHECK(g == e);
    }
  }
}

/// Layers in a row, whatever their types.
template <class T>
class layer_chain {
 public:
  /// @param input  shape of a sample.
  explicit layer_chain(const espalier::extents& input) : shapes_{input} {}

  template <class Layer>
  void add(Layer layer) {
    espalier::random_generator random(1);
    shapes_.push_back(layer.build("layer", shapes_.back(), random));
    steps_.push_back(std::make_unique<step_of<Layer>>(std::move(layer)));
  }

  /// @return all kernels and biases that there are, in order.
  [[nodiscard]] std::vector<std::span<T>> weights() const {
    std::vector<std::span<T>> result;
    for (const auto& s : steps_) {
      for (const auto& numbers : {s->kernel, s->bias}) {
        if (!numbers.empty()) {
          result.push_back(numbers);
        }
      }
    }
    return result;
  }

  /// @param rows     one sample after the other.
  /// @param noise    not 0: as in training.
  /// @return the output.
  std::vector<T> forward(const std::vector<T>& rows, std::size_t samples, std::uint64_t noise = 0) {
    samples_ = samples;
    noise_ = noise;
    inputs_ = {in_lanes(rows, samples)};
    outputs_.clear();
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      outputs_.push_back(steps_[i]->in_place ? inputs_[i] : std::vector<T>(size(i + 1)));
      std::vector<T> scratch(steps_[i]->scratch);
      steps_[i]->forward(pass_of(i, nullptr, nullptr, scratch));
      inputs_.push_back(outputs_[i]);
    }
    return in_rows(outputs_.back(), samples);
  }

  struct gradients {
    std::vector<T> input;
    std::vector<std::vector<T>> weights;  ///< in the order of weights()
  };
  /// @param rows  the gradient of the output of the last `forward`.
  gradients backward(const std::vector<T>& rows) {
    gradients result;
    auto dy = gradients_in_lanes(rows, samples_);
    for (std::size_t i = steps_.size(); i-- > 0;) {
      const step& s = *steps_[i];
      std::vector<T> scratch(s.scratch);
      std::vector<T> kernel(s.kernel.size());
      std::vector<T> bias(s.bias.size());
      s.backward_parameters(pass_of(i, dy.data(), nullptr, scratch), kernel.data(), bias.data());
      for (auto* own : {&bias, &kernel}) {
        if (!own->empty()) {
          result.weights.insert(result.weights.begin(), std::move(*own));
        }
      }
      std::vector<T> dx = s.in_place ? dy : std::vector<T>(size(i));
      s.backward(pass_of(i, s.in_place ? dx.data() : dy.data(), dx.data(), scratch));
      dy = std::move(dx);
    }
    result.input = in_rows(dy, samples_);
    return result;
  }

 private:
  using pass = espalier::nn::pass<T>;
  struct step {
    step() = default;
    step(const step&) = delete;
    step& operator=(const step&) = delete;
    virtual ~step() = default;
    virtual void forward(const pass& p) const = 0;
    virtual void backward(const pass& p) const = 0;
    virtual void backward_parameters(const pass& p, T* d_kernel, T* d_bias) const = 0;
    bool in_place = false;
    std::size_t scratch = 0;
    std::span<T> kernel;
    std::span<T> bias;
  };
  template <class Layer>
  struct step_of final : step {
    explicit step_of(Layer l) : layer(std::move(l)) {
      this->in_place = Layer::in_place;
      this->scratch = layer.scratch();
      if constexpr (espalier::nn::trained_layer<Layer>) {
        this->kernel = espalier::elements(layer.kernel());
        this->bias = espalier::elements(layer.bias());
      }
    }
    void forward(const pass& p) const override { layer.forward(p); }
    void backward(const pass& p) const override { layer.backward(p); }
    void backward_parameters([[maybe_unused]] const pass& p, [[maybe_unused]] T* d_kernel,
                             [[maybe_unused]] T* d_bias) const override {
      if constexpr (espalier::nn::trained_layer<Layer>) {
        layer.template backward_parameters<espalier::kernels::gradient_kind::plain>(p, d_kernel, d_bias);
      }
    }
    Layer layer;
  };

  /// How many numbers are before layer i, lanes without a sample included.
  [[nodiscard]] std::size_t size(std::size_t i) const {
    return shapes_[i].size() * espalier::kernels::blocks_of(samples_) * espalier::kernels::lanes;
  }
  pass pass_of(std::size_t i, T* dy, T* dx, std::vector<T>& scratch) {
    pass p{steps_[i]->in_place ? outputs_[i].data() : inputs_[i].data(),
           outputs_[i].data(),
           dy,
           dx,
           espalier::kernels::blocks_of(samples_),
           scratch.data()};
    p.samples = samples_;
    p.noise = noise_;
    return p;
  }

  std::vector<espalier::extents> shapes_;
  std::vector<std::unique_ptr<step>> steps_;
  std::vector<std::vector<T>> inputs_;
  std::vector<std::vector<T>> outputs_;
  std::size_t samples_ = 0;
  std::uint64_t noise_ = 0;
};

/// The numbers of a case in the precision of T; where no arithmetic is done the file has none of its own for double.
template <class T>
const nlohmann::json& expected_of(const nlohmann::json& found) {
  return sizeof(T) == 4 || !found.contains("float64") ? found : found.at("float64");
}

/// Output and gradients of layers are those of a case.
/// @param wide_tolerance  of numbers in double.
template <class T>
void check_chain(layer_chain<T>& layers, const nlohmann::json& found, double wide_tolerance) {
  const auto& expected = expected_of<T>(found);
  const bool narrow = &expected == &found;
  std::vector<std::string> names;
  for (const char* name : {"depthwise_kernel", "pointwise_kernel", "kernel", "alpha", "bias"}) {
    if (found.at("weights").contains(name)) {
      names.emplace_back(name);
    }
  }
  const auto weights = layers.weights();
  REQUIRE(weights.size() == names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto given = keras_array<T>(found.at("weights").at(names[i]));
    REQUIRE(given.size() == weights[i].size());
    std::copy(given.begin(), given.end(), weights[i].begin());
  }
  const auto& input = found.at("inputs").at(0);
  check_numbers(layers.forward(keras_array<T>(input), input.at("shape").at(0)), keras_array<T>(expected.at("output")),
                narrow ? 2e-5 : wide_tolerance);
  const auto gradients = layers.backward(keras_array<T>(found.at("upstream")));
  const double tolerance = narrow ? 3e-5 : wide_tolerance;
  check_numbers(gradients.input, keras_array<T>(expected.at("input_gradients").at(0)), tolerance);
  for (std::size_t i = 0; i < names.size(); ++i) {
    CAPTURE(names[i]);
    check_numbers(gradients.weights[i], keras_array<T>(expected.at("weight_gradients").at(names[i])), tolerance);
  }
}

}  // namespace support

#endif
