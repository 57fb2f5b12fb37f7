// SPDX-License-Identifier: Apache-2.0
// Checks a knapsack problem before it is solved; every error names the index at fault.
#ifndef ESPALIER_KNAPSACK_VALIDATE_HPP
#define ESPALIER_KNAPSACK_VALIDATE_HPP

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/knapsack/problem.hpp>
#include <espalier/knapsack/solve_options.hpp>

namespace espalier::inline v0::knapsack {

namespace detail {

[[noreturn]] inline void refuse(message_parts got, message_parts expected) {
  reject<argument_error>("knapsack", got, expected);
}

inline void validate_options(const solve_options& options) {
  if (!(options.relative_gap >= 0)) {
    refuse({"a relative gap of ", options.relative_gap}, {"a gap >= 0"});
  }
  if (!(options.time_limit >= 0)) {
    refuse({"a time limit of ", options.time_limit, " seconds"}, {"a limit >= 0"});
  }
}

template <class Value>
void validate_values(const problem<Value>& p) {
  for (std::size_t i = 0; i < p.values.size(); ++i) {
    if (!(p.values[i] >= 0 && p.values[i] <= (std::numeric_limits<Value>::max)())) {
      refuse({"value ", static_cast<double>(p.values[i]), " of item ", i}, {"finite values >= 0"});
    }
  }
}

template <class Value>
void validate_weights(const problem<Value>& p) {
  for (std::size_t r = 0; r < p.resources(); ++r) {
    if (p.capacities[r] < 0) {
      refuse({"capacity ", p.capacities[r], " of resource ", r}, {"capacities >= 0"});
    }
  }
  if (p.resources() == 0 ? !p.weights.empty() : p.weights.size() % p.resources() != 0) {
    reject<shape_error>("knapsack", {p.weights.size(), " weights for ", p.resources(), " resources"},
                        {"one weight for each class and resource"});
  }
  for (std::size_t i = 0; i < p.weights.size(); ++i) {
    if (p.weights[i] < 0) {
      refuse({"weight ", p.weights[i], " of class ", i / p.resources()}, {"weights >= 0"});
    }
  }
}

/// The runs must name classes, cover the items, and weigh in all what an int64 holds.
template <class Value>
void validate_runs(const problem<Value>& p) {
  std::uint64_t items = 0;
  std::vector<std::int64_t> total(p.resources(), 0);
  for (std::size_t i = 0; i < p.runs.size(); ++i) {
    const run& one = p.runs[i];
    if (p.resources() > 0 && one.item_class >= p.classes()) {
      refuse({"class ", one.item_class, " in run ", i}, {"a class below ", p.classes()});
    }
    if (one.count > p.values.size() - items) {
      items = p.values.size() + 1;
      break;
    }
    items += one.count;
    for (std::size_t r = 0; r < p.resources(); ++r) {
      std::int64_t weight = 0;
      if (__builtin_mul_overflow(p.weights_of(one.item_class)[r], static_cast<std::int64_t>(one.count), &weight) ||
          __builtin_add_overflow(total[r], weight, &total[r])) {
        refuse({"a total weight beyond 2^63 in resource ", r, ", reached at run ", i}, {"totals that an int64 holds"});
      }
    }
  }
  if (items != p.values.size()) {
    reject<shape_error>("knapsack", {"runs of more or fewer items than there are values"},
                        {"counts that sum to ", p.values.size()});
  }
}

}  // namespace detail

/// @param p  a problem.
/// @throws shape_error if sizes do not fit each other; argument_error if a value, weight or capacity is negative or not
///         finite, a class does not exist, or a total weight overflows int64.   Complexity: O(n).
template <class Value>
void validate(const problem<Value>& p) {
  detail::validate_weights(p);
  detail::validate_runs(p);
  detail::validate_values(p);
}

}  // namespace espalier::inline v0::knapsack

#endif
