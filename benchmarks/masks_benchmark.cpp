// SPDX-License-Identifier: Apache-2.0
// How long it takes to rank, select and mask: the networks that others publish figures for, and up to ten million
// weights beside sorting as many numbers and copying as many bytes.
//
// Cases NETWORK/OBJECTIVE/SOLVER/SPARSITY set the problems of hls4ml's get_model_masks: layer l holds draws of
// splitmix64 seeded with l, (z >> 40) / 2^23 - 1; patterns are not normalized, other layers by their largest loss;
// budgets are cut off as there. SOLVER is the one that hls4ml was asked for; ours is exact in either case. The counters
// are the value and the resources that are kept. compare_masks.py puts both sides' times and values in one table.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <espalier/base/random_generator.hpp>
#include <espalier/mask/make_mask.hpp>
#include <espalier/objective/gpu_flops.hpp>
#include <espalier/objective/parameters.hpp>
#include <espalier/objective/vivado_dsp.hpp>
#include <espalier/objective/vivado_dsp_bram.hpp>
#include <espalier/rank/l1.hpp>
#include <espalier/rank/l2.hpp>
#include <espalier/rank/lamp.hpp>
#include <espalier/rank/layer_maximum.hpp>
#include <espalier/rank/no_normalization.hpp>
#include <espalier/select/make_candidate.hpp>
#include <espalier/select/select.hpp>
#include <espalier/structure/rules.hpp>

namespace attributes = espalier::attributes;
namespace hls = espalier::hls;
namespace objective = espalier::objective;
namespace rank = espalier::rank;
namespace choose = espalier::select;

namespace {

struct network {
  std::vector<attributes::layer_attributes> layers;
  std::vector<std::vector<float>> kernels;

  void add(const std::string& name, const espalier::extents& kernel, const espalier::extents& output) {
    attributes::layer_attributes layer;
    layer.name = name;
    layer.kind = kernel.rank() == 2 ? attributes::layer_kind::dense : attributes::layer_kind::conv2d;
    layer.kernel_shape = kernel;
    layer.output_shape = output;
    layer.hls.weight_width = 18;
    layer.hls.output_width = 18;
    if (!layers.empty()) {
      layer.inbound = {layers.back().name};
    }
    espalier::random_generator random(layers.size());
    std::vector<float> weights(kernel.size());
    for (float& weight : weights) {
      weight = static_cast<float>(static_cast<double>(random() >> 40U) / (1 << 23) - 1);
    }
    layers.push_back(layer);
    kernels.push_back(std::move(weights));
  }

  void resource(std::size_t layer, std::uint64_t reuse_factor) {
    layers[layer].hls.strategy = hls::strategy::resource;
    layers[layer].hls.reuse_factor = reuse_factor;
  }
};

network jet(bool mixed) {
  network net;
  net.add("fc1", {16, 64}, {64});
  net.add("fc2", {64, 32}, {32});
  net.add("fc3", {32, 32}, {32});
  net.add("out", {32, 5}, {5});
  for (std::size_t l = 0; l < (mixed ? 3U : 4U); ++l) {
    net.resource(l, 4);
  }
  return net;
}

network lenet() {
  network net;
  net.add("conv1", {5, 5, 1, 6}, {28, 28, 6});
  net.add("conv2", {5, 5, 6, 16}, {10, 10, 16});
  net.add("fc1", {400, 120}, {120});
  net.add("fc2", {120, 84}, {84});
  net.add("out", {84, 10}, {10});
  net.resource(2, 25);
  net.resource(3, 12);
  return net;
}

/// Ten layers of a tenth of the weights each.
network large(std::size_t weights) {
  network net;
  for (std::size_t l = 0; l < 10; ++l) {
    net.add("layer " + std::to_string(l), {weights / 10000, 1000}, {1000});
    net.layers.back().inbound.clear();
  }
  return net;
}

/// The scales of hls4ml, which leaves patterns alone.
struct published_scale {
  template <std::size_t M>
  choose::candidate<M> operator()(const attributes::layer_attributes& layer, objective::layer_savings<M> savings,
                                  std::span<const float> kernel) const {
    const rank::weight_data<float> weights{kernel, {}};
    if (std::holds_alternative<espalier::structure::pattern>(savings.rule)) {
      return choose::make_candidate(layer, std::move(savings), weights,
                                    choose::valuation<rank::l1, rank::no_normalization>{});
    }
    return choose::make_candidate(layer, std::move(savings), weights,
                                  choose::valuation<rank::l1, rank::layer_maximum>{});
  }
};

/// One scale for all layers.
template <class Ranking, class Normalization>
struct one_scale {
  template <std::size_t M>
  choose::candidate<M> operator()(const attributes::layer_attributes& layer, objective::layer_savings<M> savings,
                                  std::span<const float> kernel) const {
    return choose::make_candidate(layer, std::move(savings), rank::weight_data<float>{kernel, {}},
                                  choose::valuation<Ranking, Normalization>{});
  }
};

/// From weights to masks.
template <class Objective, class Scale>
choose::selection mask_network(const network& net, const std::vector<double>& sparsity) {
  std::vector<choose::candidate<Objective::resources.size()>> candidates;
  candidates.reserve(net.layers.size());
  std::vector<espalier::structure::grouping> groups;
  for (std::size_t l = 0; l < net.layers.size(); ++l) {
    candidates.push_back(Scale{}(net.layers[l], Objective{}(net.layers[l]), net.kernels[l]));
    groups.push_back(*candidates.back().groups);
  }
  auto chosen = choose::select(std::move(candidates), {.sparsity = sparsity, .live = false}, Objective::resources);
  for (std::size_t l = 0; l < net.layers.size(); ++l) {
    benchmark::DoNotOptimize(
        espalier::mask::make_mask<float>(groups[l], chosen.layers[l].actions, net.kernels[l]).mask.data());
  }
  return chosen;
}

/// Sparsities for which the budgets are (1 - sparsity) * usage cut off to whole numbers, as hls4ml rounds.
template <class Objective>
std::vector<double> as_published(const network& net, double sparsity) {
  std::array<std::int64_t, Objective::resources.size()> usage{};
  for (const attributes::layer_attributes& layer : net.layers) {
    const auto of_layer = Objective{}(layer).usage;
    std::transform(usage.begin(), usage.end(), of_layer.begin(), usage.begin(), std::plus{});
  }
  std::vector<double> result;
  for (const std::int64_t all : usage) {
    const auto whole = static_cast<double>(all);
    result.push_back(1 - (std::floor((1 - sparsity) * whole) + 0.5) / whole);
  }
  return result;
}

template <class Objective>
void published(benchmark::State& state, const network& net, double sparsity) {
  const std::vector<double> sparsities = as_published<Objective>(net, sparsity);
  choose::selection chosen;
  for (auto _ : state) {
    chosen = mask_network<Objective, published_scale>(net, sparsities);
  }
  state.counters["value"] = chosen.value;
  state.counters["proven"] = chosen.status == espalier::knapsack::status::optimal ? 1 : 0;
  for (std::size_t r = 0; r < chosen.used.size(); ++r) {
    state.counters["used" + std::to_string(r)] = static_cast<double>(chosen.used[r]);
    state.counters["budget" + std::to_string(r)] = static_cast<double>(chosen.budget[r]);
  }
}

template <class Ranking, class Normalization>
void many_weights(benchmark::State& state) {
  const network net = large(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(mask_network<objective::parameters, one_scale<Ranking, Normalization>>(net, {0.5}));
  }
}

/// What a selection by sorting could not avoid: std::sort of as many doubles.
void sort_as_many(benchmark::State& state) {
  const network net = large(static_cast<std::size_t>(state.range(0)));
  std::vector<double> values;
  for (const auto& kernel : net.kernels) {
    values.insert(values.end(), kernel.begin(), kernel.end());
  }
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<double> sorted = values;
    state.ResumeTiming();
    std::sort(sorted.begin(), sorted.end());
    benchmark::DoNotOptimize(sorted.data());
  }
}

template <class Ranking>
void rank_neurons(benchmark::State& state) {
  const network net = large(static_cast<std::size_t>(state.range(0)));
  const espalier::structure::grouping neurons(espalier::structure::structured{}, net.layers[0].kernel_shape);
  for (auto _ : state) {
    for (const auto& kernel : net.kernels) {
      benchmark::DoNotOptimize(rank::prune_costs(neurons, rank::weight_data<float>{kernel, {}}, Ranking{}).data());
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0) * 4);
}

/// Copying as many floats as there are weights; the rate counts what is read.
void copy_as_many(benchmark::State& state) {
  const std::vector<float> weights(static_cast<std::size_t>(state.range(0)), 1.0F);
  std::vector<float> copy(weights.size());
  for (auto _ : state) {
    std::memcpy(copy.data(), weights.data(), 4 * weights.size());
    benchmark::DoNotOptimize(copy.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0) * 4);
}

template <class Objective>
void add_published(const std::string& name, const network& net) {
  for (const char* solver : {"CBC_MIP", "greedy"}) {
    for (const double sparsity : {0.5, 0.8}) {
      const std::string title = name + "/" + solver + "/" + (sparsity < 0.6 ? "0.5" : "0.8");
      benchmark::RegisterBenchmark(title.c_str(), [net, sparsity](benchmark::State& state) {
        published<Objective>(state, net, sparsity);
      })->Unit(benchmark::kMicrosecond);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  add_published<objective::parameters>("jet/parameters", jet(false));
  add_published<objective::vivado_dsp>("jet/dsp", jet(false));
  add_published<objective::vivado_dsp_bram>("jet/multi", jet(false));
  add_published<objective::vivado_dsp_bram>("jet-mixed/multi", jet(true));
  add_published<objective::gpu_flops>("jet/flops", jet(false));
  add_published<objective::parameters>("lenet/parameters", lenet());
  add_published<objective::vivado_dsp>("lenet/dsp", lenet());
  add_published<objective::vivado_dsp_bram>("lenet/multi", lenet());
  add_published<objective::gpu_flops>("lenet/flops", lenet());
  for (const std::int64_t weights : {100'000, 1'000'000, 10'000'000}) {
    const auto add = [&](const char* name, void (*run)(benchmark::State&)) {
      benchmark::RegisterBenchmark(name, run)->Arg(weights)->Unit(benchmark::kMillisecond);
    };
    add("sort", sort_as_many);
    add("l1_layer_maximum", many_weights<rank::l1, rank::layer_maximum>);
    add("l2_layer_maximum", many_weights<rank::l2, rank::layer_maximum>);
    add("l1_lamp", many_weights<rank::l1, rank::lamp>);
    add("l2_lamp", many_weights<rank::l2, rank::lamp>);
    add("copy", copy_as_many);
    add("rank_neurons_l1", rank_neurons<rank::l1>);
    add("rank_neurons_l2", rank_neurons<rank::l2>);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
