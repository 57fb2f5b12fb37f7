// SPDX-License-Identifier: Apache-2.0
// Knapsack problems for tests: random ones of every kind that matters, and their optimum by enumeration.
#ifndef ESPALIER_TESTS_SUPPORT_KNAPSACK_PROBLEMS_HPP
#define ESPALIER_TESTS_SUPPORT_KNAPSACK_PROBLEMS_HPP

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <espalier/base/random_generator.hpp>
#include <espalier/knapsack/problem.hpp>
#include <espalier/knapsack/solution.hpp>

#include "support/knapsack_families.hpp"

namespace support {

/// A stop condition that says so from a certain question on.
struct stops_at {
  int* asked;
  int when;
  [[nodiscard]] bool stop_requested() const { return ++*asked >= when; }
};

/// Values of several kinds (ties, zeros, correlated with the weights) in interleaved runs.
inline owned_problem<> random_problem(espalier::random_generator& random, const shape& s) {
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

/// The largest value of a feasible choice, by trying all 2^n, one item in or out at a time (Gray's code).
inline double enumerate(const espalier::knapsack::problem<double>& p) {
  std::vector<std::uint32_t> classes;
  for (const auto& run : p.runs) {
    classes.insert(classes.end(), run.count, run.item_class);
  }
  std::vector<std::int64_t> left = p.capacities;
  std::vector<std::uint8_t> in(p.items(), 0);
  double value = 0;
  double best = 0;
  for (std::uint64_t step = 1; step < std::uint64_t{1} << p.items(); ++step) {
    const auto i = static_cast<std::size_t>(std::countr_zero(step));
    in[i] ^= 1U;
    value += in[i] != 0 ? p.values[i] : -p.values[i];
    bool feasible = true;
    for (std::size_t r = 0; r < left.size(); ++r) {
      left[r] -= in[i] != 0 ? p.weights_of(classes[i])[r] : -p.weights_of(classes[i])[r];
      feasible = feasible && left[r] >= 0;
    }
    best = feasible && value > best ? value : best;
  }
  return best;
}

/// The largest value of a feasible choice with one resource, by dynamic programming over classes: within a class the
/// most valuable items come first, so its value is concave in how many are kept.
inline double best_of_classes(const espalier::knapsack::problem<double>& p) {
  const auto capacity = static_cast<std::size_t>(p.capacities.front());
  std::vector<double> best(capacity + 1, 0.0);
  std::size_t begin = 0;
  for (const auto& run : p.runs) {
    std::vector<double> items(p.values.begin() + static_cast<std::ptrdiff_t>(begin),
                              p.values.begin() + static_cast<std::ptrdiff_t>(begin + run.count));
    begin += run.count;
    std::sort(items.rbegin(), items.rend());
    const auto weight = static_cast<std::size_t>(p.weights_of(run.item_class)[0]);
    for (std::size_t i = 1; i < items.size(); ++i) {
      items[i] += items[i - 1];
    }
    if (weight == 0) {
      for (double& value : best) {
        value += items.empty() ? 0 : items.back();
      }
      continue;
    }
    // Among capacities of one remainder, the best number to keep never falls as the capacity grows: divide and conquer.
    for (std::size_t remainder = 0; remainder < weight && remainder <= capacity; ++remainder) {
      const std::size_t places = (capacity - remainder) / weight + 1;
      std::vector<double> old(places);
      for (std::size_t k = 0; k < places; ++k) {
        old[k] = best[remainder + k * weight];
      }
      const auto solve = [&](auto&& self, std::size_t first, std::size_t last, std::size_t low,
                             std::size_t high) -> void {
        if (first >= last) {
          return;
        }
        const std::size_t middle = first + (last - first) / 2;
        std::size_t from = low;
        double most = -1;
        for (std::size_t k = low; k <= (std::min)(high, middle); ++k) {
          const std::size_t kept = middle - k;
          if (kept <= items.size()) {
            const double value = old[k] + (kept == 0 ? 0 : items[kept - 1]);
            if (value >= most) {
              most = value;
              from = k;
            }
          }
        }
        best[remainder + middle * weight] = most;
        self(self, first, middle, low, from);
        self(self, middle + 1, last, from, high);
      };
      solve(solve, 0, places, 0, places - 1);
    }
  }
  return best.back();
}

/// How many times as much to test: 1, or 10 if the environment sets ESPALIER_LONG_TESTS=1.
inline int thoroughness() {
  const char* wanted = std::getenv("ESPALIER_LONG_TESTS");
  return wanted != nullptr && std::string(wanted) == "1" ? 10 : 1;
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
