// SPDX-License-Identifier: Apache-2.0
// What the exact optimum costs, beside sorting the same values, the greedy, and CBC; all in one run.
//
// Counters: `of_sort` is the time as a share of std::sort of the same doubles; `proven` the share of problems that were
// proven optimal; `gap` the largest relative gap of the others.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <espalier/knapsack/greedy.hpp>
#include <espalier/knapsack/pareto.hpp>
#include <espalier/knapsack/solve.hpp>

#include <coin/Cbc_C_Interface.h>

#include "support/knapsack_families.hpp"

namespace {

namespace knapsack = espalier::knapsack;
using support::family;

template <class Action>
double seconds(Action&& action) {
  const auto begin = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double seconds_to_sort(const std::vector<double>& values) {
  double least = std::numeric_limits<double>::infinity();
  for (int turn = 0; turn < (values.size() > 100'000 ? 1 : 5); ++turn) {
    auto sorted = values;
    least = (std::min)(least, seconds([&] { std::sort(sorted.begin(), sorted.end()); }));
    benchmark::DoNotOptimize(sorted.data());
  }
  return least;
}

struct instance_shape {
  family kind;
  support::shape shape;
};

/// Times a solver on as many problems as there are iterations, each with the next seed.
template <class Solver>
void run(benchmark::State& state, const instance_shape& of, Solver&& solve) {
  double solving = 0;
  double sorting = 0;
  double gap = 0;
  double proven = 0;
  std::uint64_t seed = 0;
  for ([[maybe_unused]] auto one : state) {
    espalier::random_generator random(++seed);
    auto owned = support::class_problem(random, of.shape, of.kind);
    const auto& p = owned.get();
    knapsack::solution solution;
    double time = std::numeric_limits<double>::infinity();
    for (int turn = 0; turn < (p.items() > 100'000 ? 1 : 3); ++turn) {
      time = (std::min)(time, seconds([&] { solution = solve(p); }));
    }
    state.SetIterationTime(time);
    solving += time;
    sorting += seconds_to_sort(owned.values);
    proven += solution.status == knapsack::status::optimal ? 1 : 0;
    gap = (std::max)(gap, solution.gap());
  }
  state.counters["of_sort"] = solving / sorting;
  state.counters["proven"] = proven / static_cast<double>(state.iterations());
  state.counters["gap"] = gap;
}

void exact(benchmark::State& state, const instance_shape& of) {
  run(state, of, [](const auto& p) { return knapsack::solve(p); });
}

void greedy(benchmark::State& state, const instance_shape& of) {
  run(state, of, [](const auto& p) { return knapsack::greedy{}(p); });
}

/// CBC with its defaults and a time limit of a minute: one binary variable for each item.
knapsack::solution solve_by_cbc(const knapsack::problem<double>& p) {
  Cbc_Model* model = Cbc_newModel();
  std::vector<CoinBigIndex> begin{0};
  std::vector<int> rows;
  std::vector<double> weights;
  for (const auto& run : p.runs) {
    for (std::uint64_t i = 0; i < run.count; ++i) {
      for (std::size_t r = 0; r < p.resources(); ++r) {
        rows.push_back(static_cast<int>(r));
        weights.push_back(static_cast<double>(p.weights_of(run.item_class)[r]));
      }
      begin.push_back(static_cast<CoinBigIndex>(rows.size()));
    }
  }
  const auto items = static_cast<int>(p.items());
  const std::vector<double> zeros((std::max)(p.items(), p.resources()), 0.0);
  const std::vector<double> ones(p.items(), 1.0);
  const std::vector<double> capacities(p.capacities.begin(), p.capacities.end());
  Cbc_loadProblem(model, items, static_cast<int>(p.resources()), begin.data(), rows.data(), weights.data(),
                  zeros.data(), ones.data(), p.values.data(), zeros.data(), capacities.data());
  Cbc_setObjSense(model, -1);
  for (int i = 0; i < items; ++i) {
    Cbc_setInteger(model, i);
  }
  Cbc_setParameter(model, "logLevel", "0");
  Cbc_setParameter(model, "ratioGap", "0");
  Cbc_setParameter(model, "seconds", "60");
  Cbc_solve(model);
  knapsack::solution result;
  result.value = Cbc_getObjValue(model);
  result.bound = Cbc_getBestPossibleObjValue(model);
  result.status = Cbc_isProvenOptimal(model) != 0 ? knapsack::status::optimal : knapsack::status::feasible;
  Cbc_deleteModel(model);
  return result;
}

void cbc(benchmark::State& state, const instance_shape& of) {
  run(state, of, solve_by_cbc);
}

/// A hundred budgets of the first resource; `of_solve` is the time as a multiple of one solve.
void pareto(benchmark::State& state, const instance_shape& of) {
  espalier::random_generator random(1);
  auto owned = support::class_problem(random, of.shape, of.kind);
  const auto& p = owned.get();
  std::int64_t total = 0;
  for (const auto& run : p.runs) {
    total += static_cast<std::int64_t>(run.count) * p.weights_of(run.item_class)[0];
  }
  std::vector<std::int64_t> capacities;
  for (std::int64_t i = 1; i <= 100; ++i) {
    capacities.push_back(total / 101 * i);
  }
  double curve = std::numeric_limits<double>::infinity();
  double single = std::numeric_limits<double>::infinity();
  for ([[maybe_unused]] auto one : state) {
    const double time = seconds([&] { benchmark::DoNotOptimize(knapsack::pareto(p, 0, capacities)); });
    state.SetIterationTime(time);
    curve = (std::min)(curve, time);
    single = (std::min)(single, seconds([&] { benchmark::DoNotOptimize(knapsack::solve(p)); }));
  }
  state.counters["of_solve"] = curve / single;
}

template <class Function>
void add(const std::string& name, Function&& function, const instance_shape& of, int seeds) {
  const std::string full = name + "/M" + std::to_string(of.shape.resources) + "/n" + std::to_string(of.shape.items) +
                           "/L" + std::to_string(of.shape.classes);
  benchmark::RegisterBenchmark(full.c_str(), function, of)
      ->UseManualTime()
      ->Iterations(seeds)
      ->Unit(benchmark::kMillisecond);
}

void add_all() {
  const auto of = [](family kind, std::size_t items, std::size_t classes, std::size_t resources) {
    return instance_shape{kind, {items, classes, resources, 36}};
  };
  for (const std::size_t resources : {1U, 2U, 3U, 4U}) {
    for (const std::size_t items : {1'000U, 100'000U, 1'000'000U, 10'000'000U}) {
      for (const std::size_t classes : {5U, 20U, 50U, 200U}) {
        add("network", exact, of(family::network, items, classes, resources), items > 1'000'000 ? 5 : 20);
      }
    }
    add("greedy", greedy, of(family::network, 1'000'000, 50, resources), 3);
    add("pareto", pareto, of(family::network, 1'000'000, 50, resources), 3);
  }
  const std::vector<std::pair<std::string, family>> hard{{"even", family::even},
                                                         {"sublattice", family::sublattice},
                                                         {"wide", family::wide},
                                                         {"quantized", family::quantized},
                                                         {"proportional", family::proportional}};
  for (const auto& [name, kind] : hard) {
    for (const std::size_t resources : {1U, 2U}) {
      for (const std::size_t classes : {5U, 50U, 200U}) {
        add(name, exact, of(kind, 100'000, classes, resources), 20);
      }
    }
  }
  add("individual", exact, of(family::individual, 1'000, 1'000, 2), 20);
  add("individual", exact, of(family::individual, 250, 250, 3), 20);
  add("individual", exact, of(family::individual, 100, 100, 5), 20);
  // CBC and the exact solver on the same problems.
  for (const std::size_t resources : {1U, 2U}) {
    add("cbc/network", cbc, of(family::network, 1'000, 20, resources), 3);
  }
  add("cbc/individual", cbc, of(family::individual, 100, 100, 2), 3);
  add("beside_cbc/individual", exact, of(family::individual, 100, 100, 2), 3);
}

}  // namespace

int main(int argc, char** argv) {
  add_all();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
