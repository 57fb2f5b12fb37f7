// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <espalier/nn/average_pool1d.hpp>
#include <espalier/nn/average_pool2d.hpp>
#include <espalier/nn/batch_normalization.hpp>
#include <espalier/nn/bounded_relu.hpp>
#include <espalier/nn/conv1d.hpp>
#include <espalier/nn/conv2d.hpp>
#include <espalier/nn/cropping2d.hpp>
#include <espalier/nn/dense.hpp>
#include <espalier/nn/depthwise_conv2d.hpp>
#include <espalier/nn/dropout.hpp>
#include <espalier/nn/elu.hpp>
#include <espalier/nn/exponential.hpp>
#include <espalier/nn/flatten.hpp>
#include <espalier/nn/gelu.hpp>
#include <espalier/nn/global_average_pool1d.hpp>
#include <espalier/nn/global_average_pool2d.hpp>
#include <espalier/nn/global_max_pool2d.hpp>
#include <espalier/nn/graph.hpp>
#include <espalier/nn/hard_sigmoid.hpp>
#include <espalier/nn/initializer.hpp>
#include <espalier/nn/leaky_relu.hpp>
#include <espalier/nn/max_pool1d.hpp>
#include <espalier/nn/max_pool2d.hpp>
#include <espalier/nn/mish.hpp>
#include <espalier/nn/prelu.hpp>
#include <espalier/nn/relu.hpp>
#include <espalier/nn/reshape.hpp>
#include <espalier/nn/selu.hpp>
#include <espalier/nn/sigmoid.hpp>
#include <espalier/nn/softmax.hpp>
#include <espalier/nn/softplus.hpp>
#include <espalier/nn/softsign.hpp>
#include <espalier/nn/swish.hpp>
#include <espalier/nn/tanh.hpp>
#include <espalier/nn/zero_padding2d.hpp>

#include "support/keras.hpp"
#include "support/keras_layers.hpp"

namespace nn = espalier::nn;
namespace kernels = espalier::kernels;
using nlohmann::json;

namespace {

/// Cases of the file that no layer computes, and why.
const std::map<std::string, std::string> out_of_scope{
    {"activation linear", "no layer at all"},
    {"softmax rank 3", "a softmax is one of vectors, so that the compiler finds a forgotten flatten"},
    {"softmax axis 1", "see softmax rank 3"},
    {"batch normalization axis 1 training", "channels are the last axis everywhere"},
    {"batch normalization axis 1 inference", "channels are the last axis everywhere"},
    {"concatenate axis 1", "channels are the last axis everywhere"},
    {"permute", "channels are the last axis everywhere"},
    {"upsampling nearest", "the library prunes classifiers and regressions, whose images shrink"},
};

espalier::extents sample_shape(const json& input) {
  const auto shape = input.at("shape").get<std::vector<std::size_t>>();
  return espalier::extents(std::span(shape).subspan(1));
}

std::array<std::size_t, 2> pair(const json& config, const std::string& key) {
  return config.at(key).get<std::array<std::size_t, 2>>();
}

nn::padding padding(const json& config) {
  return config.at("padding") == "same" ? nn::padding::same : nn::padding::valid;
}

nn::pool1d_options windows(const json& config) {
  return {.pool = config.at("pool_size").at(0), .stride = config.at("strides").at(0), .padding = padding(config)};
}

nn::pool2d_options windows_of_images(const json& config) {
  return {.pool = pair(config, "pool_size"), .strides = pair(config, "strides"), .padding = padding(config)};
}

/// How the layers of a kind are put together; all of it as Keras names it.
template <class T>
struct makers {
  using chain = support::layer_chain<T>;
  using maker = std::function<void(chain&, const json& config)>;

  static void add_activation(chain& layers, const std::string& name) {
    static const std::map<std::string, std::function<void(chain&)>> activations{
        {"linear", [](chain&) {}},
        {"relu", [](chain& c) { c.add(nn::relu<T>()); }},
        {"sigmoid", [](chain& c) { c.add(nn::sigmoid<T>()); }},
        {"tanh", [](chain& c) { c.add(nn::tanh<T>()); }},
        {"elu", [](chain& c) { c.add(nn::elu<T>()); }},
        {"selu", [](chain& c) { c.add(nn::selu<T>()); }},
        {"softplus", [](chain& c) { c.add(nn::softplus<T>()); }},
        {"softsign", [](chain& c) { c.add(nn::softsign<T>()); }},
        {"hard_sigmoid", [](chain& c) { c.add(nn::hard_sigmoid<T>()); }},
        {"swish", [](chain& c) { c.add(nn::swish<T>()); }},
        {"gelu", [](chain& c) { c.add(nn::gelu<T>()); }},
        {"mish", [](chain& c) { c.add(nn::mish<T>()); }},
        {"exponential", [](chain& c) { c.add(nn::exponential<T>()); }},
        {"softmax", [](chain& c) { c.add(nn::softmax<T>()); }}};
    activations.at(name)(layers);
  }

  static void add_dense(chain& layers, const json& c) {
    layers.add(nn::dense<T>({.units = c.at("units"), .bias = c.at("use_bias")}));
    add_activation(layers, c.at("activation"));
  }
  static void add_conv1d(chain& layers, const json& c) {
    const bool causal = c.at("padding") == "causal";
    layers.add(nn::conv1d<T>({.filters = c.at("filters"),
                              .kernel = c.at("kernel_size").at(0),
                              .padding = causal ? nn::padding::valid : padding(c),
                              .causal = causal,
                              .stride = c.at("strides").at(0),
                              .dilation = c.at("dilation_rate").at(0),
                              .bias = c.at("use_bias")}));
    add_activation(layers, c.at("activation"));
  }
  static void add_conv2d(chain& layers, const json& c) {
    layers.add(nn::conv2d<T>({.filters = c.at("filters"),
                              .kernel = pair(c, "kernel_size"),
                              .padding = padding(c),
                              .strides = pair(c, "strides"),
                              .dilation = pair(c, "dilation_rate"),
                              .bias = c.at("use_bias")}));
    add_activation(layers, c.at("activation"));
  }
  static void add_depthwise(chain& layers, const json& c, bool bias) {
    layers.add(nn::depthwise_conv2d<T>({.multiplier = c.at("depth_multiplier"),
                                        .kernel = pair(c, "kernel_size"),
                                        .padding = padding(c),
                                        .strides = pair(c, "strides"),
                                        .dilation = pair(c, "dilation_rate"),
                                        .bias = bias}));
  }
  static void add_separable(chain& layers, const json& c) {
    add_depthwise(layers, c, false);
    layers.add(nn::conv2d<T>({.filters = c.at("filters"), .kernel = {1, 1}, .bias = c.at("use_bias")}));
    add_activation(layers, c.at("activation"));
  }
  static void add_global_average(chain& layers, const json& c) {
    layers.add(nn::global_average_pool2d<T>());
    if (c.at("keepdims")) {
      layers.add(nn::reshape<T>({1, 1, 0}));
    }
  }
  static void add_zeros(chain& layers, const json& c) {
    const auto sides = c.at("padding").get<std::array<std::array<std::size_t, 2>, 2>>();
    layers.add(
        nn::zero_padding2d<T>({.top = sides[0][0], .bottom = sides[0][1], .left = sides[1][0], .right = sides[1][1]}));
  }
  static void add_cropping(chain& layers, const json& c) {
    const auto sides = c.at("cropping").get<std::array<std::array<std::size_t, 2>, 2>>();
    layers.add(
        nn::cropping2d<T>({.top = sides[0][0], .bottom = sides[0][1], .left = sides[1][0], .right = sides[1][1]}));
  }
  static void add_reshape(chain& layers, const json& c) {
    std::vector<std::size_t> target;
    for (const auto size : c.at("target_shape").get<std::vector<std::int64_t>>()) {
      target.push_back(size < 0 ? 0 : static_cast<std::size_t>(size));
    }
    layers.add(nn::reshape<T>(espalier::extents(std::span<const std::size_t>(target))));
  }
  static void add_rectifier(chain& layers, const json& c) {
    nn::bounded_relu_options options{.negative_slope = c.at("negative_slope"), .threshold = c.at("threshold")};
    if (!c.at("max_value").is_null()) {
      options.max_value = c.at("max_value");
    }
    layers.add(nn::bounded_relu<T>(options));
  }

  static const std::map<std::string, maker>& all() {
    static const std::map<std::string, maker> result{
        {"Dense", add_dense},
        {"Conv1D", add_conv1d},
        {"Conv2D", add_conv2d},
        {"DepthwiseConv2D", [](chain& l, const json& c) { add_depthwise(l, c, c.at("use_bias")); }},
        {"SeparableConv2D", add_separable},
        {"MaxPooling1D", [](chain& l, const json& c) { l.add(nn::max_pool1d<T>(windows(c))); }},
        {"AveragePooling1D", [](chain& l, const json& c) { l.add(nn::average_pool1d<T>(windows(c))); }},
        {"MaxPooling2D", [](chain& l, const json& c) { l.add(nn::max_pool2d<T>(windows_of_images(c))); }},
        {"AveragePooling2D", [](chain& l, const json& c) { l.add(nn::average_pool2d<T>(windows_of_images(c))); }},
        {"GlobalAveragePooling1D", [](chain& l, const json&) { l.add(nn::global_average_pool1d<T>()); }},
        {"GlobalAveragePooling2D", add_global_average},
        {"GlobalMaxPooling2D", [](chain& l, const json&) { l.add(nn::global_max_pool2d<T>()); }},
        {"ZeroPadding2D", add_zeros},
        {"Cropping2D", add_cropping},
        {"Flatten", [](chain& l, const json&) { l.add(nn::flatten<T>()); }},
        {"Reshape", add_reshape},
        {"ReLU", add_rectifier},
        {"LeakyReLU", [](chain& l, const json& c) { l.add(nn::leaky_relu<T>(c.at("alpha").get<T>())); }},
        {"PReLU",
         [](chain& l, const json& c) { l.add(nn::prelu<T>({.per_channel = !c.at("shared_axes").is_null()})); }},
        {"ELU", [](chain& l, const json& c) { l.add(nn::elu<T>(c.at("alpha").get<T>())); }},
        {"Softmax", [](chain& l, const json&) { l.add(nn::softmax<T>()); }},
        {"Activation", [](chain& l, const json& c) { add_activation(l, c.at("activation")); }}};
    return result;
  }
};

/// Layers and activations with constants that are floats in Keras, whatever its precision.
double wide_tolerance(const json& found) {
  static const std::set<std::string> narrow{"activation selu", "activation hard_sigmoid", "activation gelu",
                                            "leaky relu, default alpha", "leaky relu"};
  return narrow.contains(found.at("name")) ? 1e-7 : 1e-10;
}

/// Output, gradients and weights after a step of training of a batch normalization, whose mini-batch is one slot.
template <class T>
void check_normalization(const json& found) {
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

  auto x = support::in_lanes(support::keras_array<T>(input), samples);
  auto u = support::gradients_in_lanes(support::keras_array<T>(found.at("upstream")), samples);
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
    support::check_numbers(moving, averages, narrow ? tolerance : (expected.contains("weights_after") ? 1e-8 : 3e-5));
  } else {
    layer.forward(pass);
    layer.template backward_parameters<kernels::gradient_kind::plain>(pass, d_gamma.data(), d_beta.data());
    layer.backward(pass);
  }
  support::check_numbers(support::in_rows(y, samples), support::keras_array<T>(expected.at("output")),
                         narrow ? 2e-5 : 1e-10);
  support::check_numbers(support::in_rows(dx, samples), support::keras_array<T>(expected.at("input_gradients").at(0)),
                         tolerance);
  support::check_numbers(d_gamma, read(expected.at("weight_gradients"), "gamma"), tolerance);
  support::check_numbers(d_beta, read(expected.at("weight_gradients"), "beta"), tolerance);
}

/// Which numbers are dropped is Keras's own; those that both keep are equal, forward and back.
template <class T>
void check_dropout(const json& found) {
  const auto& input = found.at("inputs").at(0);
  support::layer_chain<T> layers(sample_shape(input));
  layers.add(nn::dropout<T>(found.at("config").at("rate")));
  const bool training = found.at("training");
  const auto output = support::keras_array<T>(found.at("output"));
  const auto slopes = support::keras_array<T>(found.at("input_gradients").at(0));
  const auto mask =
      training ? support::keras_array<std::uint8_t>(found.at("mask")) : std::vector<std::uint8_t>(output.size(), 1);
  std::size_t compared = 0;
  const auto y = layers.forward(support::keras_array<T>(input), input.at("shape").at(0), training ? 5 : 0);
  const auto dx = layers.backward(support::keras_array<T>(found.at("upstream"))).input;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (mask[i] != 0 && (!training || y[i] != 0)) {
      CHECK(y[i] == doctest::Approx(output[i]).epsilon(2e-5));
      CHECK(dx[i] == doctest::Approx(slopes[i]).epsilon(3e-5));
      ++compared;
    }
  }
  CHECK(compared >= (training ? y.size() / 8 : y.size()));
}

const std::map<std::string, kernels::combination> combinations{{"Subtract", kernels::combination::difference},
                                                               {"Multiply", kernels::combination::product},
                                                               {"Average", kernels::combination::mean},
                                                               {"Maximum", kernels::combination::largest},
                                                               {"Minimum", kernels::combination::smallest}};

/// Output and gradients of what joins several inputs, sample by sample: each goes through neurons that change nothing,
/// so that the gradients of their biases are those of the input.
void check_join(const json& found) {
  std::vector<espalier::extents> shapes;
  std::vector<std::vector<double>> inputs;
  for (const auto& input : found.at("inputs")) {
    shapes.push_back(espalier::extents{sample_shape(input).size()});
    inputs.push_back(support::keras_array<double>(input));
  }
  nn::graph<double> net(shapes, 1);
  std::vector<nn::graph<double>::point> points;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const auto same = net.add(nn::dense<double>({.units = shapes[i].size()}), net.input(i));
    points.push_back(net.add(nn::reshape<double>(sample_shape(found.at("inputs").at(i))), same));
    const auto kernel = net.parameters()[2 * i];
    for (std::size_t weight = 0; weight < kernel.size(); ++weight) {
      kernel[weight] = weight % (shapes[i].size() + 1) == 0 ? 1.0 : 0.0;
    }
  }
  const std::string kind = found.at("layer");
  if (combinations.contains(kind)) {
    net.combine(combinations.at(kind), points);
  } else if (kind == "Add") {
    net.add_up(points);
  } else {
    net.concatenate(points);
  }
  const auto& expected = support::expected_of<double>(found);
  const auto output = support::keras_array<double>(expected.at("output"));
  const auto upstream = support::keras_array<double>(found.at("upstream"));
  const auto samples = found.at("inputs").at(0).at("shape").at(0).get<std::size_t>();
  const auto sample_of = [&](const std::vector<double>& all, std::size_t sample) {
    const auto size = static_cast<std::ptrdiff_t>(all.size() / samples);
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(sample) * size;
    return std::vector<double>(begin, begin + size);
  };
  auto memory = net.make_workspace(1);
  for (std::size_t sample = 0; sample < samples; ++sample) {
    std::vector<double> row;
    for (const auto& input : inputs) {
      const auto own = sample_of(input, sample);
      row.insert(row.end(), own.begin(), own.end());
    }
    const auto x = support::in_lanes(row, 1);
    std::copy(x.begin(), x.end(), memory.value(0));
    const double* y = net.forward(memory, 1);
    const std::size_t count = net.output_shape().size();
    support::check_numbers(support::in_rows(std::vector<double>(y, y + count * kernels::lanes), 1),
                           sample_of(output, sample), 1e-10);
    const auto u = support::gradients_in_lanes(sample_of(upstream, sample), 1);
    std::copy(u.begin(), u.end(), net.score_gradient<kernels::score_kind::outputs>(memory));
    std::vector<double> gradients;
    for (const auto& numbers : net.parameters()) {
      gradients.resize(gradients.size() + numbers.size());
    }
    net.backward<kernels::gradient_kind::plain, kernels::score_kind::outputs>(memory, 1, gradients);
    std::size_t begin = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const auto slopes = gradients.begin() + static_cast<std::ptrdiff_t>(begin + shapes[i].size() * shapes[i].size());
      support::check_numbers(std::vector<double>(slopes, slopes + static_cast<std::ptrdiff_t>(shapes[i].size())),
                             sample_of(support::keras_array<double>(expected.at("input_gradients").at(i)), sample),
                             1e-10);
      begin += shapes[i].size() * (shapes[i].size() + 1);
    }
  }
}

const std::map<std::string, nn::initializer> initializers{
    {"glorot_uniform", nn::initializer::glorot_uniform()},
    {"glorot_normal", nn::initializer::glorot_normal()},
    {"he_uniform", nn::initializer::he_uniform()},
    {"he_normal", nn::initializer::he_normal()},
    {"lecun_uniform", nn::initializer::lecun_uniform()},
    {"lecun_normal", nn::initializer::lecun_normal()},
    {"RandomNormal default", nn::initializer::random_normal()},
    {"RandomUniform default", nn::initializer::random_uniform()},
    {"TruncatedNormal default", nn::initializer::truncated_normal()}};

/// Mean, variance and bound of many draws are those that Keras says.
void check_initializer(const json& found) {
  nn::kernel_sizes sizes;
  if (found.contains("shape")) {
    const auto shape = found.at("shape").get<std::vector<std::size_t>>();
    sizes = {1, shape.size() == 1 ? shape[0] : shape[shape.size() - 2], shape.back()};
    for (std::size_t axis = 0; axis + 2 < shape.size(); ++axis) {
      sizes.places *= shape[axis];
    }
    CHECK(sizes.places * sizes.inputs == found.at("fan_in"));
    CHECK(sizes.places * sizes.outputs == found.at("fan_out"));
  }
  espalier::random_generator random(9);
  std::vector<double> weights(50000);
  initializers.at(found.at("initializer")).fill(std::span(weights), sizes, random);
  double mean = 0;
  double square = 0;
  double largest = 0;
  const auto n = static_cast<double>(weights.size());
  for (const double w : weights) {
    mean += w / n;
    square += w * w / n;
    largest = (std::max)(largest, std::abs(w));
  }
  const double variance = found.at("variance");
  CHECK(std::abs(mean) < 5 * std::sqrt(variance / n));
  CHECK(square == doctest::Approx(variance).epsilon(5 * std::sqrt(2 / n)));
  if (!found.at("largest_magnitude").is_null()) {
    const double bound = found.at("largest_magnitude");
    CHECK(largest <= bound * (1 + 1e-12));
    CHECK(largest > 0.999 * bound);
  }
}

/// @return whether the library has what a case is about; then it is checked.
template <class T>
bool check_case(const json& found) {
  const std::string kind = found.at("layer");
  if (kind == "BatchNormalization") {
    check_normalization<T>(found);
  } else if (kind == "Dropout") {
    check_dropout<T>(found);
  } else if (kind == "Add" || kind == "Concatenate" || combinations.contains(kind)) {
    check_join(found);
  } else if (const auto maker = makers<T>::all().find(kind); maker != makers<T>::all().end()) {
    support::layer_chain<T> layers(sample_shape(found.at("inputs").at(0)));
    maker->second(layers, found.at("config"));
    support::check_chain(layers, found, wide_tolerance(found));
  } else {
    return false;
  }
  return true;
}

}  // namespace

TEST_SUITE("keras") {
  TEST_CASE_TEMPLATE("layers compute what Keras's do, in every case of the file that is in scope", T, float, double) {
    const auto file = support::keras_file("layers.json");
    std::set<std::string> left_out;
    for (const auto& found : file.at("cases")) {
      const std::string name = found.at("name");
      CAPTURE(name);
      if (out_of_scope.contains(name)) {
        left_out.insert(name);
      } else {
        CHECK(check_case<T>(found));
      }
    }
    CHECK(file.at("cases").size() >= 148);
    CHECK(left_out.size() == out_of_scope.size());
  }

  TEST_CASE("the hard sigmoid of Keras 3 has another rise; what else differs there is as in Keras 2") {
    const auto file = support::keras_file("keras3.json");
    for (const auto& found : file.at("cases")) {
      const std::string name = found.at("name");
      CAPTURE(name);
      if (name == "activation hard_sigmoid") {
        const auto x = support::keras_array<double>(found.at("inputs").at(0));
        const auto y = support::keras_array<double>(found.at("output"));
        for (std::size_t i = 0; i < x.size(); ++i) {
          CHECK(nn::hard_sigmoid<double>(1.0 / 6).value(x[i]) == doctest::Approx(y[i]).epsilon(1e-5));
        }
      } else {
        CHECK((name == "batch normalization rank 4 training" || name == "binary crossentropy, probabilities 0 and 1"));
      }
    }
    CHECK(file.at("cases").size() == 3);
  }

  TEST_CASE("weights are drawn from the distributions that Keras says") {
    const auto file = support::keras_file("initializers.json");
    for (const auto* part : {"cases", "without_fans"}) {
      for (const auto& found : file.at(part)) {
        CAPTURE(found.dump());
        check_initializer(found);
      }
    }
  }
}
