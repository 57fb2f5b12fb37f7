// SPDX-License-Identifier: Apache-2.0
// The sizes of the groups that a rule makes of a kernel, known without looking at a weight.
#ifndef ESPALIER_STRUCTURE_SIZE_RUNS_HPP
#define ESPALIER_STRUCTURE_SIZE_RUNS_HPP

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/structure/detail/group_of.hpp>
#include <espalier/structure/kernel_matrix.hpp>
#include <espalier/structure/rules.hpp>
#include <espalier/structure/size_run.hpp>

namespace espalier::inline v0::structure {

namespace detail {

inline void expect_number(bool right, const std::string& got, const char* expected) {
  if (!right) {
    reject<argument_error>("structure::grouping", {got}, {expected});
  }
}

inline void expect_division(const pattern& rule, std::size_t weights) {
  if (weights % rule.rows == 0) {
    return;
  }
  std::string factors;
  for (std::size_t factor = 1; factor <= weights && factors.size() < 60; ++factor) {
    if (weights % factor == 0) {
      factors += (factors.empty() ? "" : ", ") + std::to_string(factor);
    }
  }
  reject<shape_error>("structure::grouping", {rule.rows, " rows for ", weights, " weights"},
                      {"rows that divide them, from a reuse factor of ", factors, " ..."});
}

template <class Rule>
void expect_rule(const Rule& /*rule*/, const kernel_matrix& /*m*/) {}

inline void expect_rule(const pattern& rule, const kernel_matrix& m) {
  expect_number(rule.rows > 0, "0 rows", "1 or more");
  expect_number(rule.consecutive > 0, "0 consecutive rows", "1 or more");
  expect_division(rule, m.weights());
}

inline void expect_rule(const block& rule, const kernel_matrix& /*m*/) {
  expect_number(rule.height > 0, "block height 0", "1 or more");
  expect_number(rule.width > 0, "block width 0", "1 or more");
}

inline void expect_rule(const n_of_m& rule, const kernel_matrix& /*m*/) {
  expect_number(rule.n > 0 && rule.n < rule.m, to_string(structure::rule(rule)) + " weights", "0 < n < m");
}

inline void expect_rule(const round_to& rule, const kernel_matrix& /*m*/) {
  expect_number(rule.units > 0, "rounding to 0 units", "1 or more");
}

}  // namespace detail

/// @param r             a rule.
/// @param kernel_shape  as for `grouping`.
/// @return the sizes of its groups in their order, in runs.
/// @throws shape_error or argument_error as `grouping` does.
/// Complexity: O(1), for blocks O(rows of tiles).
[[nodiscard]] inline std::vector<size_run> size_runs(const rule& r, const extents& kernel_shape) {
  const kernel_matrix matrix(kernel_shape);
  return detail::visit(r, [&](const auto& one) {
    detail::expect_rule(one, matrix);
    return detail::sizes(one, matrix);
  });
}

}  // namespace espalier::inline v0::structure

#endif
