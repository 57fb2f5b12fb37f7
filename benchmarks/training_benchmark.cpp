// SPDX-License-Identifier: Apache-2.0
// How long a step of training takes (forward, backward and Adam, in float) and a prediction, on networks from small to
// wide. compare_training.py sets them beside TensorFlow and PyTorch.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/instruction_set.hpp>
#include <espalier/nn/average_pool2d.hpp>
#include <espalier/nn/conv2d.hpp>
#include <espalier/nn/dense.hpp>
#include <espalier/nn/flatten.hpp>
#include <espalier/nn/graph.hpp>
#include <espalier/nn/masked.hpp>
#include <espalier/nn/max_pool2d.hpp>
#include <espalier/nn/predictor.hpp>
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

/// @tparam Pool    max in the example, average in hls4ml's.
/// @param padding  of the first convolution: valid in the figures that others publish, same in the example.
template <class Pool = nn::max_pool2d<>>
auto lenet(nn::padding padding) {
  return nn::sequential(
      {28, 28, 1}, 1, nn::masked<nn::conv2d<>>(nn::conv2d_options{.filters = 6, .kernel = {5, 5}, .padding = padding}),
      nn::relu<>(), Pool(), nn::masked<nn::conv2d<>>(nn::conv2d_options{.filters = 16, .kernel = {5, 5}}), nn::relu<>(),
      Pool(), nn::flatten<>(), nn::masked<nn::dense<>>(nn::dense_options{.units = 120}), nn::relu<>(),
      nn::masked<nn::dense<>>(nn::dense_options{.units = 84}), nn::relu<>(),
      nn::masked<nn::dense<>>(nn::dense_options{.units = 10}), nn::softmax<>());
}

/// The same layers as in lenet(valid), put together at run time.
nn::graph<float> lenet_graph() {
  nn::graph<float> net({28, 28, 1}, 1);
  auto at = net.input();
  for (const std::size_t filters : {6U, 16U}) {
    at = net.add(nn::masked<nn::conv2d<>>(nn::conv2d_options{.filters = filters, .kernel = {5, 5}}), at);
    at = net.add(nn::max_pool2d<>(), net.add(nn::relu<>(), at));
  }
  at = net.add(nn::flatten<>(), at);
  for (const std::size_t units : {120U, 84U}) {
    at = net.add(nn::relu<>(), net.add(nn::masked<nn::dense<>>(nn::dense_options{.units = units}), at));
  }
  net.add(nn::softmax<>(), net.add(nn::masked<nn::dense<>>(nn::dense_options{.units = 10}), at));
  return net;
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

/// Sizes of a training.
struct run {
  std::size_t samples = 0;  ///< in an epoch, whole batches
  std::size_t batch = 128;
  bool gather = true;  ///< whether dead units are left out
};

/// An epoch of training; the time of one step is the counter `step`.
template <class Model>
void epoch(benchmark::State& state, Model model, const run& sizes) {
  if (!choose(state)) {
    return;
  }
  const data d(model.input_shape(), sizes.samples);
  const auto view = d.view();
  const auto threads = static_cast<std::size_t>(state.range(0));
  const train::fit_options<> options{.batch = sizes.batch, .threads = threads, .gather = sizes.gather};
  for (auto _ : state) {
    train::fit(model, view, options);
  }
  const auto samples = static_cast<double>(sizes.samples);
  state.counters["step"] =
      benchmark::Counter(samples / static_cast<double>(sizes.batch),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.counters["samples"] = samples;
}

void jet_128(benchmark::State& state) {
  epoch(state, jet(), {.samples = 65536});
}
void jet_1024(benchmark::State& state) {
  epoch(state, jet(), {.samples = 65536, .batch = 1024});
}
void lenet_128(benchmark::State& state) {
  epoch(state, lenet(nn::padding::valid), {.samples = 12800});
}
void lenet_graph_128(benchmark::State& state) {
  epoch(state, lenet_graph(), {.samples = 12800});
}
void lenet_same_128(benchmark::State& state) {
  epoch(state, lenet(nn::padding::same), {.samples = 12800});
}
void lenet_average_128(benchmark::State& state) {
  epoch(state, lenet<nn::average_pool2d<>>(nn::padding::same), {.samples = 12800});
}
void wide_128(benchmark::State& state) {
  epoch(state, wide(), {.samples = 640});
}

/// The same with half of the weights at 0, as on a chessboard, so that no unit is dead and left out.
/// @param hold  whether masks hold them there. Where they are trained, the time is what masks are compared with: a step
///              takes the longer the more outputs are positive.
void lenet_chessboard(benchmark::State& state, bool hold) {
  auto model = lenet(nn::padding::valid);
  std::vector<espalier::mask::weight_mask<float>> masks;
  for (const auto& layer : model.layers()) {
    masks.push_back(espalier::mask::keep_all<float>(layer.kernel.size()));
    const std::size_t units = layer.attributes.kernel_shape.back();
    for (std::size_t i = 0; i < layer.kernel.size(); ++i) {
      masks.back().mask[i] = (i / units + i % units) % 2 == 0 ? 1 : 0;
    }
  }
  model.set_masks(masks);
  if (!hold) {
    model.set_masks({});
  }
  epoch(state, std::move(model), {.samples = 12800});
}
void lenet_masked_128(benchmark::State& state) {
  lenet_chessboard(state, true);
}
void lenet_unmasked_128(benchmark::State& state) {
  lenet_chessboard(state, false);
}

/// LeNet with so many percent of the weights of each layer, chosen at random: passes skip the others.
void lenet_sparse_128(benchmark::State& state) {
  auto model = lenet<nn::average_pool2d<>>(nn::padding::same);
  espalier::random_generator random(1);
  std::vector<espalier::mask::weight_mask<float>> masks;
  for (const auto& layer : model.layers()) {
    masks.push_back(espalier::mask::keep_all<float>(layer.kernel.size()));
    for (auto& live : masks.back().mask) {
      live = random.below(100) < static_cast<std::uint64_t>(state.range(2)) ? 1 : 0;
    }
  }
  model.set_masks(masks);
  epoch(state, std::move(model), {.samples = 12800, .gather = false});
}

/// The same with every second unit without inputs; left out of the training, unless it is to train the whole network.
template <class Model>
void epoch_of_half(benchmark::State& state, Model model, const run& sizes) {
  std::vector<espalier::mask::weight_mask<float>> masks;
  for (const auto& layer : model.layers()) {
    masks.push_back(espalier::mask::keep_all<float>(layer.kernel.size()));
    const std::size_t units = layer.attributes.kernel_shape.back();
    for (std::size_t i = 0; layer.attributes.name != model.layers().back().attributes.name && i < layer.kernel.size();
         ++i) {
      masks.back().mask[i] = i % units % 2 == 0 ? 1 : 0;
    }
  }
  model.set_masks(masks);
  epoch(state, std::move(model), sizes);
}
void jet_half_128(benchmark::State& state) {
  epoch_of_half(state, jet(), {.samples = 65536});
}
void jet_half_whole_128(benchmark::State& state) {
  epoch_of_half(state, jet(), {.samples = 65536, .gather = false});
}
void lenet_half_128(benchmark::State& state) {
  epoch_of_half(state, lenet(nn::padding::valid), {.samples = 12800});
}
void lenet_half_whole_128(benchmark::State& state) {
  epoch_of_half(state, lenet(nn::padding::valid), {.samples = 12800, .gather = false});
}
void wide_half_128(benchmark::State& state) {
  epoch_of_half(state, wide(), {.samples = 640});
}
void wide_half_whole_128(benchmark::State& state) {
  epoch_of_half(state, wide(), {.samples = 640, .gather = false});
}

/// Predictions, so many samples in a call, in memory that stays.
template <class Model>
void predictions(benchmark::State& state, const Model& model, std::size_t samples) {
  if (!choose(state)) {
    return;
  }
  const data d(model.input_shape(), samples);
  nn::predictor predict(model, samples);
  for (auto _ : state) {
    benchmark::DoNotOptimize(predict(std::span<const float>(d.numbers)).data());
  }
  state.counters["samples"] = static_cast<double>(samples);
}
void jet_predict_1(benchmark::State& state) {
  predictions(state, jet(), 1);
}
void lenet_predict_1(benchmark::State& state) {
  predictions(state, lenet(nn::padding::valid), 1);
}
void jet_predict_128(benchmark::State& state) {
  predictions(state, jet(), 128);
}
void jet_predict_1024(benchmark::State& state) {
  predictions(state, jet(), 1024);
}
void lenet_predict_128(benchmark::State& state) {
  predictions(state, lenet(nn::padding::valid), 128);
}
void wide_predict_1(benchmark::State& state) {
  predictions(state, wide(), 1);
}
void wide_predict_128(benchmark::State& state) {
  predictions(state, wide(), 128);
}

/// Something that LeNet does with 1024 images.
/// @param work  called with model, data and number of threads.
template <class Work>
void lenet_pass(benchmark::State& state, const Work& work) {
  if (!choose(state)) {
    return;
  }
  auto model = lenet(nn::padding::valid);
  const data d(model.input_shape(), 1024);
  const auto view = d.view();
  for (auto _ : state) {
    benchmark::DoNotOptimize(work(model, view, static_cast<std::size_t>(state.range(0))));
  }
  state.counters["images"] = benchmark::Counter(1024, benchmark::Counter::kIsIterationInvariantRate);
}

void lenet_evaluate(benchmark::State& state) {
  lenet_pass(state, [](const auto& model, const auto& view, std::size_t threads) {
    return train::evaluate(model, view, {.loss = {}, .threads = threads});
  });
}

void lenet_fisher(benchmark::State& state) {
  lenet_pass(state, [](auto& model, const auto& view, std::size_t threads) {
    return train::fisher_information(model, view, {.threads = threads});
  });
}

void lenet_hessian(benchmark::State& state) {
  lenet_pass(state, [](auto& model, const auto& view, std::size_t threads) {
    return train::hessian_diagonal(model, view, {.threads = threads});
  });
}

#if ESPALIER_DISPATCH
/// How many fused multiply-adds the CPU does at best: ten sums in registers. The assembly is volatile, else the whole
/// function would be taken out of the loop that measures it.
#define PEAK(set, bytes)                                                                     \
  [[gnu::target(set), gnu::noinline]] float peak_##bytes(float factor, std::size_t rounds) { \
    typedef float vector __attribute__((vector_size(bytes)));                                \
    vector x = factor - vector{};                                                            \
    vector a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x;             \
    for (std::size_t round = 0; round < rounds; ++round) {                                   \
      a += a * x, b += b * x, c += c * x, d += d * x, e += e * x;                            \
      f += f * x, g += g * x, h += h * x, i += i * x, j += j * x;                            \
      asm volatile("" : "+v"(a), "+v"(b), "+v"(c), "+v"(d), "+v"(e));                        \
      asm volatile("" : "+v"(f), "+v"(g), "+v"(h), "+v"(i), "+v"(j));                        \
    }                                                                                        \
    return (a + b + c + d + e + f + g + h + i + j)[0];                                       \
  }
PEAK("avx2,fma", 32)
PEAK("avx512f,avx512dq,avx512vl,avx2,fma", 64)
#undef PEAK

/// The peak of one core, in operations, for the share of it that training reaches.
void peak(benchmark::State& state) {
  if (!choose(state)) {
    return;
  }
  const std::size_t rounds = 100000;
  const bool wide_vectors = state.range(1) == static_cast<int>(kernels::instruction_set::avx512);
  for (auto _ : state) {
    benchmark::DoNotOptimize(wide_vectors ? peak_64(-0.5F, rounds) : peak_32(-0.5F, rounds));
  }
  state.counters["operations"] = static_cast<double>(rounds * 10 * 2 * (wide_vectors ? 16 : 8));
}
BENCHMARK(peak)->ArgNames({"threads", "set"})->ArgsProduct({{1}, {2, 1}})->MeasureProcessCPUTime()->UseRealTime();
#endif

void sparse(benchmark::internal::Benchmark* b) {
  b->ArgNames({"threads", "set", "percent"})->ArgsProduct({{1}, {2, 1, 0}, {100, 50, 25, 10}});
  b->MeasureProcessCPUTime()->UseRealTime();
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
BENCHMARK(lenet_graph_128)->Apply(one);
BENCHMARK(lenet_masked_128)->Apply(one);
BENCHMARK(lenet_unmasked_128)->Apply(one);
BENCHMARK(lenet_sparse_128)->Apply(sparse);
BENCHMARK(jet_half_128)->Apply(one);
BENCHMARK(jet_half_whole_128)->Apply(one);
BENCHMARK(lenet_half_128)->Apply(one);
BENCHMARK(lenet_half_whole_128)->Apply(one);
BENCHMARK(wide_half_128)->Apply(one);
BENCHMARK(wide_half_whole_128)->Apply(one);
BENCHMARK(lenet_same_128)->Apply(one_and_two);
BENCHMARK(lenet_average_128)->Apply(one_and_two);
BENCHMARK(jet_predict_1)->Apply(one);
BENCHMARK(jet_predict_128)->Apply(one);
BENCHMARK(jet_predict_1024)->Apply(one);
BENCHMARK(lenet_predict_1)->Apply(one);
BENCHMARK(lenet_predict_128)->Apply(one);
BENCHMARK(wide_predict_1)->Apply(one);
BENCHMARK(wide_predict_128)->Apply(one);
BENCHMARK(lenet_evaluate)->Apply(one_and_two);
BENCHMARK(lenet_fisher)->Apply(one_and_two);
BENCHMARK(lenet_hessian)->Apply(one_and_two);
BENCHMARK(wide_128)->Apply(one);

}  // namespace

BENCHMARK_MAIN();
