// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <espalier/nn/average_pool2d.hpp>
#include <espalier/nn/batch_normalization.hpp>
#include <espalier/nn/bounded_relu.hpp>
#include <espalier/nn/conv1d.hpp>
#include <espalier/nn/conv2d.hpp>
#include <espalier/nn/dense.hpp>
#include <espalier/nn/depthwise_conv2d.hpp>
#include <espalier/nn/elu.hpp>
#include <espalier/nn/flatten.hpp>
#include <espalier/nn/global_average_pool2d.hpp>
#include <espalier/nn/graph.hpp>
#include <espalier/nn/leaky_relu.hpp>
#include <espalier/nn/max_pool2d.hpp>
#include <espalier/nn/relu.hpp>
#include <espalier/nn/reshape.hpp>
#include <espalier/nn/sigmoid.hpp>
#include <espalier/nn/softmax.hpp>
#include <espalier/nn/tanh.hpp>
#include <espalier/nn/zero_padding2d.hpp>

#include "support/keras.hpp"

namespace nn = espalier::nn;
namespace kernels = espalier::kernels;
using nlohmann::json;

namespace {

/// Numbers of the samples of a case, brought into lanes.
template <class T>
std::vector<T> in_lanes(const std::vector<T>& rows, std::size_t samples) {
  std::vector<std::uint32_t> order(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    order[i] = static_cast<std::uint32_t>(i);
  }
  std::vector<T> blocks(rows.size() / samples * kernels::blocks_of(samples) * kernels::lanes);
  kernels::gather<T>(rows.data(), rows.size() / samples, order, blocks.data());
  return blocks;
}

/// @param tolerance  relative; a tenth of it absolute.
template <class T>
void check_numbers(const std::vector<T>& got, const std::vector<T>& expected, double tolerance) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    const auto e = static_cast<double>(expected[i]);
    CHECK(std::abs(static_cast<double>(got[i]) - e) <= tolerance * (0.1 + std::abs(e)));
  }
}

/// Output and gradients of one layer are those of a case.
template <class Layer>
void check_layer(Layer layer, const json& found) {
  using T = typename Layer::value_type;
  CAPTURE(found.at("name").get<std::string>());
  const auto& input = found.at("inputs").at(0);
  const auto shape = input.at("shape").get<std::vector<std::size_t>>();
  const std::size_t samples = shape[0];
  espalier::random_generator random(1);
  layer.build("layer", espalier::extents(std::span(shape).subspan(1)), random);
  if constexpr (nn::weighted_layer<Layer>) {
    const auto& weights = found.at("weights");
    const char* name = weights.contains("kernel") ? "kernel" : "depthwise_kernel";
    const auto kernel = support::keras_array<T>(weights.at(name));
    REQUIRE(kernel.size() == layer.kernel().size());
    std::copy(kernel.begin(), kernel.end(), layer.kernel().data());
    if (layer.bias().size() > 0) {
      const auto bias = support::keras_array<T>(found.at("weights").at("bias"));
      std::copy(bias.begin(), bias.end(), layer.bias().data());
    }
  }
  // Where no arithmetic is done, the file has no numbers of its own for double.
  const bool narrow = sizeof(T) == 4 || !found.contains("float64");
  const auto& expected = narrow ? found : found.at("float64");
  const auto output = support::keras_array<T>(expected.at("output"));
  // The leak of 0.3 is a float in Keras.
  const double wide_tolerance = found.at("layer") == "LeakyReLU" ? 1e-7 : 1e-10;
  const double tolerance = narrow ? 3e-5 : wide_tolerance;

  auto x = in_lanes(support::keras_array<T>(input), samples);
  auto u = in_lanes(support::keras_array<T>(found.at("upstream")), samples);
  // Lanes without a sample repeat the last one; they have no gradient.
  for (std::size_t i = 0; i < u.size(); ++i) {
    u[i] = i % kernels::lanes < samples ? u[i] : T{0};
  }
  std::vector<T> y = Layer::in_place ? x : std::vector<T>(u.size());
  std::vector<T> dx = Layer::in_place ? u : std::vector<T>(x.size());
  std::vector<T> scratch(layer.scratch());
  const nn::pass<T> pass{
      Layer::in_place ? y.data() : x.data(), y.data(),      Layer::in_place ? dx.data() : u.data(), dx.data(),
      kernels::blocks_of(samples),           scratch.data()};
  layer.forward(pass);
  std::vector<T> rows(output.size());
  kernels::scatter<T>(y.data(), output.size() / samples, samples, rows.data());
  check_numbers(rows, output, narrow ? 2e-5 : wide_tolerance);

  if constexpr (nn::weighted_layer<Layer>) {
    std::vector<T> d_kernel(layer.kernel().size());
    std::vector<T> d_bias(layer.bias().size());
    layer.template backward_parameters<kernels::gradient_kind::plain>(pass, d_kernel.data(), d_bias.data());
    check_numbers(
        d_kernel,
        support::keras_array<T>(
            expected.at("weight_gradients").at(found.at("weights").contains("kernel") ? "kernel" : "depthwise_kernel")),
        tolerance);
    if (!d_bias.empty()) {
      check_numbers(d_bias, support::keras_array<T>(expected.at("weight_gradients").at("bias")), tolerance);
    }
  }
  layer.backward(pass);
  const auto gradient = support::keras_array<T>(expected.at("input_gradients").at(0));
  std::vector<T> back(gradient.size());
  kernels::scatter<T>(dx.data(), gradient.size() / samples, samples, back.data());
  check_numbers(back, gradient, tolerance);
}

/// The same of a batch normalization, whose mini-batch is one slot; its weights after a step of training too.
template <class T>
void check_normalization(const json& found) {
  CAPTURE(found.at("name").get<std::string>());
  const auto& config = found.at("config");
  const auto& input = found.at("inputs").at(0);
  const auto shape = input.at("shape").get<std::vector<std::size_t>>();
  const std::size_t samples = shape[0];
  nn::batch_normalization<T> layer({.momentum = config.at("momentum"),
                                    .epsilon = config.at("epsilon"),
                                    .center = config.at("center"),
                                    .scale = config.at("scale")});
  espalier::random_generator random(1);
  layer.build("layer", espalier::extents(std::span(shape).subspan(1)), random);
  const std::size_t channels = shape.back();
  const auto read = [&](const json& weights, const std::string& name) {
    return weights.contains(name) ? support::keras_array<T>(weights.at(name)) : std::vector<T>();
  };
  const auto put = [&](const std::vector<T>& from, T* to) { std::copy(from.begin(), from.end(), to); };
  const auto& weights = found.at("weights");
  put(read(weights, "gamma"), layer.kernel().data());
  put(read(weights, "beta"), layer.bias().data());
  put(read(weights, "moving_mean"), layer.moving().data());
  put(read(weights, "moving_variance"), layer.moving().data() + channels);
  const bool narrow = sizeof(T) == 4;
  const auto& expected = narrow ? found : found.at("float64");
  const double tolerance = narrow ? 3e-5 : 1e-10;

  auto x = in_lanes(support::keras_array<T>(input), samples);
  auto u = in_lanes(support::keras_array<T>(found.at("upstream")), samples);
  for (std::size_t i = 0; i < u.size(); ++i) {
    u[i] = i % kernels::lanes < samples ? u[i] : T{0};
  }
  std::vector<T> y(x.size());
  std::vector<T> dx(x.size());
  std::vector<T> scratch(layer.scratch());
  std::vector<double> slot(layer.sums());
  std::vector<double> batch(layer.sums());
  const std::array<const double*, 1> slots{slot.data()};
  nn::pass<T> pass{x.data(), y.data(), u.data(), dx.data(), 1, scratch.data()};
  pass.samples = samples;
  pass.slot_sums = slot.data();
  pass.batch_sums = batch.data();
  std::vector<T> d_gamma(layer.kernel().size());
  std::vector<T> d_beta(layer.bias().size());
  if (found.at("training")) {
    layer.collect(pass);
    layer.combine({slots, 0}, batch.data());
    layer.forward_batch(pass);
    layer.collect_slopes(pass);
    layer.add_slopes(pass, d_gamma.data(), d_beta.data());
    layer.combine_slopes({slots, 0}, batch.data());
    layer.backward_batch(pass);
    layer.remember(batch.data());
    const auto& after = expected.contains("weights_after") ? expected.at("weights_after") : found.at("weights_after");
    const std::vector<T> moving(layer.moving().data(), layer.moving().data() + 2 * channels);
    auto averages = read(after, "moving_mean");
    const auto variances = read(after, "moving_variance");
    averages.insert(averages.end(), variances.begin(), variances.end());
    // A momentum of 0.99 is a float in Keras.
    check_numbers(moving, averages, narrow ? tolerance : (expected.contains("weights_after") ? 1e-8 : 3e-5));
  } else {
    layer.forward(pass);
    layer.template backward_parameters<kernels::gradient_kind::plain>(pass, d_gamma.data(), d_beta.data());
    layer.backward(pass);
  }
  const auto rows_of = [&](const std::vector<T>& lanes) {
    std::vector<T> rows(x.size() / kernels::lanes * samples);
    kernels::scatter<T>(lanes.data(), rows.size() / samples, samples, rows.data());
    return rows;
  };
  check_numbers(rows_of(y), support::keras_array<T>(expected.at("output")), narrow ? 2e-5 : 1e-10);
  check_numbers(rows_of(dx), support::keras_array<T>(expected.at("input_gradients").at(0)), tolerance);
  check_numbers(d_gamma, read(expected.at("weight_gradients"), "gamma"), tolerance);
  check_numbers(d_beta, read(expected.at("weight_gradients"), "beta"), tolerance);
}

std::array<std::size_t, 2> pair(const json& config, const std::string& key) {
  return config.at(key).get<std::array<std::size_t, 2>>();
}

nn::padding padding(const json& config) {
  return config.at("padding") == "same" ? nn::padding::same : nn::padding::valid;
}

bool is_plain_convolution(const json& config) {
  const std::array<std::size_t, 2> ones{1, 1};
  return pair(config, "dilation_rate") == ones && config.at("activation") == "linear";
}

nn::pool2d_options pooling(const json& config) {
  return {.pool = pair(config, "pool_size"), .strides = pair(config, "strides"), .padding = padding(config)};
}

/// Checks all cases of a class that `check` takes; how many there are is part of the test.
void check_cases(const std::string& kind, int count, const std::function<bool(const json&, const json&)>& check) {
  const auto file = support::keras_file("layers.json");
  int checked = 0;
  for (const auto& found : file.at("cases")) {
    if (found.at("layer") == kind && check(found, found.at("config"))) {
      ++checked;
    }
  }
  CAPTURE(kind);
  CHECK(checked == count);
}

bool is_vector(const json& found) {
  return found.at("inputs").at(0).at("shape").size() == 2;
}

}  // namespace

TEST_SUITE("keras") {
  TEST_CASE_TEMPLATE("dense layers compute what Keras's do, on samples of several axes too", T, float, double) {
    check_cases("Dense", 5, [](const json& found, const json& config) {
      if (config.at("activation") != "linear") {
        return false;
      }
      check_layer(nn::dense<T>({.units = config.at("units"), .bias = config.at("use_bias")}), found);
      return true;
    });
  }

  TEST_CASE_TEMPLATE("convolutions compute what Keras's do, with strides too", T, float, double) {
    check_cases("Conv2D", 21, [](const json& found, const json& config) {
      if (!is_plain_convolution(config)) {
        return false;
      }
      check_layer(nn::conv2d<T>({.filters = config.at("filters"),
                                 .kernel = pair(config, "kernel_size"),
                                 .padding = padding(config),
                                 .strides = pair(config, "strides"),
                                 .bias = config.at("use_bias")}),
                  found);
      return true;
    });
  }

  TEST_CASE_TEMPLATE("convolutions of sequences and of single channels compute what Keras's do", T, float, double) {
    check_cases("Conv1D", 5, [](const json& found, const json& config) {
      if (config.at("dilation_rate") != json{1}) {
        return false;
      }
      const bool causal = config.at("padding") == "causal";
      check_layer(nn::conv1d<T>({.filters = config.at("filters"),
                                 .kernel = config.at("kernel_size").at(0),
                                 .padding = causal ? nn::padding::valid : padding(config),
                                 .causal = causal,
                                 .stride = config.at("strides").at(0),
                                 .bias = config.at("use_bias")}),
                  found);
      return true;
    });
    check_cases("DepthwiseConv2D", 4, [](const json& found, const json& config) {
      check_layer(nn::depthwise_conv2d<T>({.multiplier = config.at("depth_multiplier"),
                                           .kernel = pair(config, "kernel_size"),
                                           .padding = padding(config),
                                           .strides = pair(config, "strides"),
                                           .bias = config.at("use_bias")}),
                  found);
      return true;
    });
  }

  TEST_CASE_TEMPLATE("shapes change as Keras's do", T, float, double) {
    check_cases("ZeroPadding2D", 3, [](const json& found, const json& config) {
      const auto sides = config.at("padding").template get<std::array<std::array<std::size_t, 2>, 2>>();
      check_layer(
          nn::zero_padding2d<T>({.top = sides[0][0], .bottom = sides[0][1], .left = sides[1][0], .right = sides[1][1]}),
          found);
      return true;
    });
    check_cases("Reshape", 2, [](const json& found, const json& config) {
      auto shape = config.at("target_shape").template get<std::vector<std::int64_t>>();
      std::vector<std::size_t> target;
      for (const std::int64_t size : shape) {
        target.push_back(size < 0 ? 0 : static_cast<std::size_t>(size));
      }
      check_layer(nn::reshape<T>(espalier::extents(std::span<const std::size_t>(target))), found);
      return true;
    });
  }

  TEST_CASE_TEMPLATE("batch normalizations compute what Keras's do, in training and in inference", T, float, double) {
    check_cases("BatchNormalization", 14, [](const json& found, const json& config) {
      const std::size_t rank = found.at("inputs").at(0).at("shape").size();
      if (config.at("axis") != rank - 1) {
        return false;
      }
      check_normalization<T>(found);
      return true;
    });
  }

  TEST_CASE_TEMPLATE("poolings compute what Keras's do, at borders and in ties too", T, float, double) {
    check_cases("MaxPooling2D", 17, [](const json& found, const json& config) {
      check_layer(nn::max_pool2d<T>(pooling(config)), found);
      return true;
    });
    check_cases("AveragePooling2D", 11, [](const json& found, const json& config) {
      check_layer(nn::average_pool2d<T>(pooling(config)), found);
      return true;
    });
    check_cases("GlobalAveragePooling2D", 1, [](const json& found, const json& config) {
      if (config.at("keepdims").template get<bool>()) {
        return false;
      }
      check_layer(nn::global_average_pool2d<T>{}, found);
      return true;
    });
  }

  TEST_CASE("sums and channels beside each other are what Keras's are") {
    const auto check_join = [](const json& found, auto join) {
      std::vector<espalier::extents> shapes;
      std::vector<float> samples;
      std::vector<std::vector<float>> inputs;
      for (const auto& input : found.at("inputs")) {
        const auto shape = input.at("shape").get<std::vector<std::size_t>>();
        shapes.emplace_back(std::span(shape).subspan(1));
        inputs.push_back(support::keras_array<float>(input));
      }
      const auto count = found.at("inputs").at(0).at("shape").at(0).get<std::size_t>();
      for (std::size_t sample = 0; sample < count; ++sample) {
        for (const auto& input : inputs) {
          const auto size = static_cast<std::ptrdiff_t>(input.size() / count);
          const auto first = input.begin() + static_cast<std::ptrdiff_t>(sample) * size;
          samples.insert(samples.end(), first, first + size);
        }
      }
      nn::graph<float> net(shapes, 1);
      std::vector<nn::graph<float>::point> points;
      for (std::size_t i = 0; i < shapes.size(); ++i) {
        points.push_back(net.input(i));
      }
      join(net, points);
      const auto got = net.predict(samples);
      check_numbers(std::vector<float>(got.begin(), got.end()), support::keras_array<float>(found.at("output")), 2e-5);
    };
    check_cases("Add", 2, [&](const json& found, const json&) {
      check_join(found, [](auto& net, const auto& points) { net.add_up(points); });
      return true;
    });
    check_cases("Concatenate", 1, [&](const json& found, const json& config) {
      if (config.at("axis") != -1) {
        return false;
      }
      check_join(found, [](auto& net, const auto& points) { net.concatenate(points); });
      return true;
    });
  }

  TEST_CASE_TEMPLATE("activations compute what Keras's do", T, float, double) {
    check_cases("Activation", 5, [](const json& found, const json& config) {
      const std::string name = config.at("activation");
      if (name == "relu") {
        check_layer(nn::relu<T>{}, found);
      } else if (name == "sigmoid") {
        check_layer(nn::sigmoid<T>{}, found);
      } else if (name == "tanh") {
        check_layer(nn::tanh<T>{}, found);
      } else if (name == "elu") {
        check_layer(nn::elu<T>{}, found);
      } else if (name == "softmax") {
        check_layer(nn::softmax<T>{}, found);
      } else {
        return false;
      }
      return true;
    });
    check_cases("LeakyReLU", 2, [](const json& found, const json& config) {
      check_layer(nn::leaky_relu<T>(config.at("alpha").template get<T>()), found);
      return true;
    });
    check_cases("ReLU", 7, [](const json& found, const json& config) {
      nn::bounded_relu_options options{.negative_slope = config.at("negative_slope"),
                                       .threshold = config.at("threshold")};
      if (!config.at("max_value").is_null()) {
        options.max_value = config.at("max_value");
      }
      check_layer(nn::bounded_relu<T>(options), found);
      return true;
    });
    check_cases("ELU", 1, [](const json& found, const json& config) {
      check_layer(nn::elu<T>(config.at("alpha").template get<T>()), found);
      return true;
    });
    check_cases("Softmax", 2, [](const json& found, const json&) {
      if (!is_vector(found)) {
        return false;
      }
      check_layer(nn::softmax<T>{}, found);
      return true;
    });
    check_cases("Flatten", 2, [](const json& found, const json&) {
      check_layer(nn::flatten<T>{}, found);
      return true;
    });
  }
}
