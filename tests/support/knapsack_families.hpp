// SPDX-License-Identifier: Apache-2.0
// Families of knapsack problems, easy and hard ones, for tests and benchmarks.
#ifndef ESPALIER_TESTS_SUPPORT_KNAPSACK_FAMILIES_HPP
#define ESPALIER_TESTS_SUPPORT_KNAPSACK_FAMILIES_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <espalier/base/random_generator.hpp>
#include <espalier/knapsack/problem.hpp>

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

/// What makes a class problem hard, or easy.
enum class family {
  network,       ///< |N(0, 1)| over the class maximum; weights 1 to largest in the first resource, 0 or 1 in the others
  even,          ///< the same with even weights and odd capacities
  sublattice,    ///< even weights w, and (w / 2) mod 2 in the second resource
  wide,          ///< weights 1 to 1000 in all resources
  quantized,     ///< values of 8 bits
  proportional,  ///< values that are a combination of the weights
  individual     ///< an own weight for every item, 1 to 1000, and values that follow them (Chu and Beasley)
};

/// Many items in few classes, as layers of a network are.
inline owned_problem<> class_problem(espalier::random_generator& random, const shape& s,
                                     family kind = family::network) {
  owned_problem<> result;
  const auto below = [&](std::uint64_t bound) { return static_cast<std::int64_t>(random.below(bound)); };
  std::vector<double> total(s.resources, 0.0);
  for (std::size_t c = 0; c < s.classes; ++c) {
    const std::size_t count = s.items / s.classes + (c < s.items % s.classes ? 1 : 0);
    const std::int64_t first = 1 + below(s.largest_weight);
    double worth = 0;
    double mean = 0;
    for (std::size_t r = 0; r < s.resources; ++r) {
      std::int64_t weight = r == 0 ? first : below(2);
      weight = kind == family::even || (kind == family::sublattice && r == 0) ? 2 * weight : weight;
      weight = kind == family::sublattice && r == 1 ? first % 2 : weight;
      weight = kind == family::wide || kind == family::individual ? 1 + below(1000) : weight;
      result.problem.weights.push_back(weight);
      total[r] += static_cast<double>(weight) * static_cast<double>(count);
      mean += static_cast<double>(weight) / static_cast<double>(s.resources);
      worth += static_cast<double>(weight) * static_cast<double>(1 + r);
    }
    double largest = 0;
    const std::size_t begin = result.values.size();
    for (std::size_t i = 0; i < count; ++i) {
      result.values.push_back(std::abs(random.normal()));
      largest = (std::max)(largest, result.values.back());
    }
    for (std::size_t i = begin; i < result.values.size(); ++i) {
      result.values[i] /= largest;
      result.values[i] = kind == family::quantized ? std::round(result.values[i] * 255) : result.values[i];
      result.values[i] = kind == family::proportional ? worth : result.values[i];
      result.values[i] = kind == family::individual ? mean + std::floor(500 * random.uniform()) : result.values[i];
    }
    result.problem.runs.push_back({static_cast<std::uint32_t>(c), static_cast<std::uint64_t>(count)});
  }
  for (const double sum : total) {
    const auto capacity = static_cast<std::int64_t>(sum * (0.4 + 0.1 * random.uniform()));
    result.problem.capacities.push_back(kind == family::even ? capacity | 1 : capacity);
  }
  return result;
}

}  // namespace support

#endif
