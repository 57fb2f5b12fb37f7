// SPDX-License-Identifier: Apache-2.0
// Knapsack problems for tests: random ones of every kind that matters, and their optimum by enumeration.
#ifndef ESPALIER_TESTS_SUPPORT_KNAPSACK_PROBLEMS_HPP
#define ESPALIER_TESTS_SUPPORT_KNAPSACK_PROBLEMS_HPP

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <espalier/base/random.hpp>
#include <espalier/knapsack/problem.hpp>
#include <espalier/knapsack/solution.hpp>

namespace support {

/// A problem that owns its values.
template <class Value = double>
struct owned_problem {
  std::vector<Value> values;
  espalier::knapsack::problem<Value> problem;

  void add_class(const std::vector<std::int64_t>& weights, const std::vector<Value>& items) {
    problem.runs.push_back({static_cast<std::uint32_t>(problem.weights.size() / weights.size()),
                            static_cast<std::uint64_t>(items.size())});
    problem.weights.insert(problem.weights.end(), weights.begin(), weights.end());
    values.insert(values.end(), items.begin(), items.end());
  }
  const espalier::knapsack::problem<Value>& get() {
    problem.values = values;
    return problem;
  }
};

struct shape {
  std::size_t items = 10;
  std::size_t classes = 3;
  std::size_t resources = 2;
  std::uint64_t largest_weight = 9;
};

/// Values of several kinds (ties, zeros, correlated with the weights) in interleaved runs.
inline owned_problem<> random_problem(espalier::random& random, const shape& s) {
  owned_problem<> result;
  const std::uint64_t kind = random.below(5);
  for (std::size_t i = 0; i < s.classes * s.resources; ++i) {
    const auto weight = static_cast<std::int64_t>(random.below(s.largest_weight + 1));
    result.problem.weights.push_back(kind == 1 ? 2 * weight : weight);
  }
  std::vector<std::int64_t> total(s.resources, 0);
  for (std::size_t i = 0; i < s.items; ++i) {
    const auto c = static_cast<std::uint32_t>(random.below(s.classes));
    double value = std::abs(random.normal());
    double weight = 0;
    for (std::size_t r = 0; r < s.resources; ++r) {
      total[r] += result.problem.weights[c * s.resources + r];
      weight += static_cast<double>(result.problem.weights[c * s.resources + r]);
    }
    value = kind == 2 ? static_cast<double>(random.below(4)) : value;
    value = kind == 3 ? weight : value;
    value = kind == 4 ? weight + 1 + 0.01 * value : value;
    result.values.push_back(value);
    if (result.problem.runs.empty() || result.problem.runs.back().item_class != c) {
      result.problem.runs.push_back({c, 0});
    }
    ++result.problem.runs.back().count;
  }
  for (const std::int64_t sum : total) {
    result.problem.capacities.push_back(static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(sum) + 2)));
  }
  return result;
}

/// An instance of OR-Library's mknap2, each item a class of its own.
struct library_problem {
  owned_problem<> owned;
  double optimum = 0;  ///< as published
};

/// Reads `n m optimum / n profits / m rows of n weights / m capacities`.
inline library_problem read_library(const std::string& path) {
  std::ifstream file(path);
  REQUIRE_MESSAGE(file.is_open(), path);
  std::size_t items = 0;
  std::size_t resources = 0;
  library_problem result;
  file >> items >> resources >> result.optimum;
  result.owned.values.resize(items);
  for (double& value : result.owned.values) {
    file >> value;
  }
  auto& p = result.owned.problem;
  p.weights.resize(items * resources);
  p.capacities.resize(resources);
  for (std::size_t r = 0; r < resources; ++r) {
    for (std::size_t i = 0; i < items; ++i) {
      file >> p.weights[i * resources + r];
    }
  }
  for (std::int64_t& capacity : p.capacities) {
    file >> capacity;
  }
  REQUIRE_MESSAGE(!file.fail(), path);
  for (std::size_t i = 0; i < items; ++i) {
    p.runs.push_back({static_cast<std::uint32_t>(i), 1});
  }
  return result;
}

/// The largest value of a feasible choice, by trying all 2^n.
inline double enumerate(const espalier::knapsack::problem<double>& p) {
  std::vector<std::uint32_t> classes;
  for (const auto& run : p.runs) {
    classes.insert(classes.end(), run.count, run.item_class);
  }
  double best = 0;
  for (std::uint64_t choice = 0; choice < std::uint64_t{1} << p.items(); ++choice) {
    double value = 0;
    std::vector<std::int64_t> left = p.capacities;
    for (std::size_t i = 0; i < p.items(); ++i) {
      if ((choice >> i & 1U) != 0) {
        value += p.values[i];
        for (std::size_t r = 0; r < left.size(); ++r) {
          left[r] -= p.weights_of(classes[i])[r];
        }
      }
    }
    bool feasible = true;
    for (const std::int64_t room : left) {
      feasible = feasible && room >= 0;
    }
    best = feasible && value > best ? value : best;
  }
  return best;
}

/// Checks that what a solution says of itself is what its items give, and that they fit.
inline void check_consistent(const espalier::knapsack::problem<double>& p, const espalier::knapsack::solution& s) {
  REQUIRE(s.kept.size() == p.items());
  double value = 0;
  std::vector<std::int64_t> used(p.resources(), 0);
  std::size_t item = 0;
  for (const auto& run : p.runs) {
    for (std::uint64_t i = 0; i < run.count; ++i, ++item) {
      if (s.kept[item] != 0) {
        value += p.values[item];
        for (std::size_t r = 0; r < used.size(); ++r) {
          used[r] += p.weights_of(run.item_class)[r];
        }
      }
    }
  }
  CHECK(s.value == doctest::Approx(value).epsilon(1e-12));
  CHECK(s.used == used);
  for (std::size_t r = 0; r < used.size(); ++r) {
    CHECK(used[r] <= p.capacities[r]);
  }
  CHECK(s.bound >= s.value);
}

}  // namespace support

#endif
