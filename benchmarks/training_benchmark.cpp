// SPDX-License-Identifier: Apache-2.0
// How long a step of training takes: forward, backward and Adam, in float, on networks from small to wide.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/instruction_set.hpp>
#include <espalier/nn/conv2d.hpp>
#include <espalier/nn/dense.hpp>
#include <espalier/nn/flatten.hpp>
#include <espalier/nn/masked.hpp>
#include <espalier/nn/max_pool2d.hpp>
#include <espalier/nn/relu.hpp>
#include <espalier/nn/sequential.hpp>
#include <espalier/nn/softmax.hpp>
#include <espalier/train/evaluate.hpp>
#include <espalier/train/fit.hpp>
#include <espalier/train/gradients.hpp>

namespace kernels = espalier::kernels;
namespace nn = espalier::nn;
namespace train = espalier::train;

namespace {

auto jet() {
  return nn::sequential({16}, 1, nn::masked<nn::dense<>>(nn::dense_options{.units = 64}), nn::relu<>(),
                        nn::masked<nn::dense<>>(nn::dense_options{.units = 32}), nn::relu<>(),
                        nn::masked<nn::dense<>>(nn::dense_options{.units = 32}), nn::relu<>(),
                        nn::masked<nn::dense<>>(nn::dense_options{.units = 5}), nn::softmax<>());
}

/// @param padding  of the first convolution: valid in the figures that others publish, same in the example.
auto lenet(nn::padding padding) {
  return nn::sequential(
      {28, 28, 1}, 1, nn::masked<nn::conv2d<>>(nn::conv2d_options{.filters = 6, .kernel = {5, 5}, .padding = padding}),
      nn::relu<>(), nn::max_pool2d<>(), nn::masked<nn::conv2d<>>(nn::conv2d_options{.filters = 16, .kernel = {5, 5}}),
      nn::relu<>(), nn::max_pool2d<>(), nn::flatten<>(), nn::masked<nn::dense<>>(nn::dense_options{.units = 120}),
      nn::relu<>(), nn::masked<nn::dense<>>(nn::dense_options{.units = 84}), nn::relu<>(),
      nn::masked<nn::dense<>>(nn::dense_options{.units = 10}), nn::softmax<>());
}

auto wide() {
  return nn::sequential({28, 28, 1}, 1, nn::masked<nn::conv2d<>>(nn::conv2d_options{.filters = 32}), nn::relu<>(),
                        nn::masked<nn::conv2d<>>(nn::conv2d_options{.filters = 64}), nn::relu<>(), nn::max_pool2d<>(),
                        nn::flatten<>(), nn::masked<nn::dense<>>(nn::dense_options{.units = 128}), nn::relu<>(),
                        nn::dense<>(nn::dense_options{.units = 10}), nn::softmax<>());
}

struct data {
  explicit data(const espalier::extents& input, std::size_t samples) : numbers(samples * input.size()) {
    espalier::random_generator random(1);
    for (float& number : numbers) {
      number = static_cast<float>(random.uniform());
    }
    for (std::size_t i = 0; i < samples; ++i) {
      labels.push_back(static_cast<std::uint32_t>(random.below(5)));
    }
  }
  [[nodiscard]] auto view() const { return train::view_all<float>(std::span<const float>(numbers), labels); }

  std::vector<float> numbers;
  std::vector<std::uint32_t> labels;
};

/// Chooses the instruction set that the second argument of a benchmark says.
/// @return whether the CPU has it.
bool choose(benchmark::State& state) {
  const auto set = static_cast<kernels::instruction_set>(state.range(1));
  if (!kernels::is_supported(set)) {
    state.SkipWithError("this CPU has no such instructions");
    return false;
  }
  kernels::use(set);
  return true;
}

/// Some steps of training; the time of one is the counter `step`.
template <class Model>
void steps(benchmark::State& state, Model model, std::size_t batch) {
  if (!choose(state)) {
    return;
  }
  const std::size_t count = 16;
  const data d(model.input_shape(), count * batch);
  const auto view = d.view();
  const train::fit_options<> options{.batch = batch, .threads = static_cast<std::size_t>(state.range(0))};
  for (auto _ : state) {
    train::fit(model, view, options);
  }
  state.counters["step"] = benchmark::Counter(
      static_cast<double>(count), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.counters["images"] =
      benchmark::Counter(static_cast<double>(count * batch), benchmark::Counter::kIsIterationInvariantRate);
}

void jet_128(benchmark::State& state) {
  steps(state, jet(), 128);
}
void jet_1024(benchmark::State& state) {
  steps(state, jet(), 1024);
}
void lenet_128(benchmark::State& state) {
  steps(state, lenet(nn::padding::valid), 128);
}
void lenet_same_128(benchmark::State& state) {
  steps(state, lenet(nn::padding::same), 128);
}
void wide_128(benchmark::State& state) {
  steps(state, wide(), 128);
}

/// The same with half of the weights held at 0.
void lenet_masked_128(benchmark::State& state) {
  auto model = lenet(nn::padding::valid);
  std::vector<espalier::mask::weight_mask<float>> masks;
  for (const auto& layer : model.layers()) {
    masks.push_back(espalier::mask::keep_all<float>(layer.kernel.size()));
    for (std::size_t i = 0; i < layer.kernel.size(); i += 2) {
      masks.back().mask[i] = 0;
    }
  }
  model.set_masks(masks);
  steps(state, std::move(model), 128);
}

void lenet_evaluate(benchmark::State& state) {
  if (!choose(state)) {
    return;
  }
  const auto model = lenet(nn::padding::valid);
  const data d(model.input_shape(), 1024);
  const auto view = d.view();
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        train::evaluate(model, view, {.loss = {}, .threads = static_cast<std::size_t>(state.range(0))}));
  }
  state.counters["images"] = benchmark::Counter(1024, benchmark::Counter::kIsIterationInvariantRate);
}

void lenet_fisher(benchmark::State& state) {
  if (!choose(state)) {
    return;
  }
  auto model = lenet(nn::padding::valid);
  const data d(model.input_shape(), 1024);
  const auto view = d.view();
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        train::fisher_information(model, view, {.threads = static_cast<std::size_t>(state.range(0))}));
  }
  state.counters["images"] = benchmark::Counter(1024, benchmark::Counter::kIsIterationInvariantRate);
}

/// Threads, and instruction sets from AVX-512 down to the portable ones.
void one(benchmark::internal::Benchmark* b) {
  b->ArgNames({"threads", "set"})->ArgsProduct({{1}, {2, 1, 0}})->MeasureProcessCPUTime()->UseRealTime();
}
void one_and_two(benchmark::internal::Benchmark* b) {
  b->ArgNames({"threads", "set"})->ArgsProduct({{1, 2}, {2, 1, 0}})->MeasureProcessCPUTime()->UseRealTime();
}
BENCHMARK(jet_128)->Apply(one);
BENCHMARK(jet_1024)->Apply(one_and_two);
BENCHMARK(lenet_128)->Apply(one_and_two);
BENCHMARK(lenet_masked_128)->Apply(one);
BENCHMARK(lenet_same_128)->Apply(one_and_two);
BENCHMARK(lenet_evaluate)->Apply(one_and_two);
BENCHMARK(lenet_fisher)->Apply(one_and_two);
BENCHMARK(wide_128)->Apply(one);

}  // namespace

BENCHMARK_MAIN();
