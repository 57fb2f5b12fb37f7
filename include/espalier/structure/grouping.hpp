// SPDX-License-Identifier: Apache-2.0
// A partition of the weights of a kernel into groups that stand or fall together.
#ifndef ESPALIER_STRUCTURE_GROUPING_HPP
#define ESPALIER_STRUCTURE_GROUPING_HPP

#include <cstddef>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/structure/rules.hpp>

namespace espalier::inline v0::structure {

namespace detail {

/// A kernel as a matrix: the last axis holds the outputs, all others together the inputs.
struct kernel_matrix {
  std::size_t inputs = 0;
  std::size_t outputs = 0;
};

// One `group_of(matrix, input, output)` and one `count(matrix)` for each rule.

[[nodiscard]] constexpr std::size_t group_of(unstructured /*rule*/, const kernel_matrix& m, std::size_t input,
                                             std::size_t output) noexcept {
  return input * m.outputs + output;
}
[[nodiscard]] constexpr std::size_t count(unstructured /*rule*/, const kernel_matrix& m) noexcept {
  return m.inputs * m.outputs;
}

[[nodiscard]] constexpr std::size_t group_of(structured /*rule*/, const kernel_matrix& /*m*/, std::size_t /*input*/,
                                             std::size_t output) noexcept {
  return output;
}
[[nodiscard]] constexpr std::size_t count(structured /*rule*/, const kernel_matrix& m) noexcept {
  return m.outputs;
}

[[nodiscard]] constexpr std::size_t group_of(const pattern& rule, const kernel_matrix& m, std::size_t input,
                                             std::size_t output) noexcept {
  const std::size_t in_a_row = m.inputs * m.outputs / rule.rows;
  return (output * m.inputs + input) / in_a_row / rule.consecutive;
}
[[nodiscard]] constexpr std::size_t count(const pattern& rule, const kernel_matrix& /*m*/) noexcept {
  return (rule.rows + rule.consecutive - 1) / rule.consecutive;
}

[[nodiscard]] constexpr std::size_t group_of(const block& rule, const kernel_matrix& m, std::size_t input,
                                             std::size_t output) noexcept {
  const std::size_t across = (m.outputs + rule.width - 1) / rule.width;
  return input / rule.height * across + output / rule.width;
}
[[nodiscard]] constexpr std::size_t count(const block& rule, const kernel_matrix& m) noexcept {
  return ((m.inputs + rule.height - 1) / rule.height) * ((m.outputs + rule.width - 1) / rule.width);
}

}  // namespace detail

/// The groups of one kernel by one rule. Ranking, masking and sharing are written once, over this.
class grouping {
 public:
  /// @param r             the rule.
  /// @param kernel_shape  Dense (in, out), Conv2D (height, width, channels, filters); no axis is 0.
  /// @throws shape_error if the kernel is empty or of rank 1, 3 or more than 4, or if the rows of a pattern do not
  ///         divide its size (the message lists reuse factors that do); argument_error if a number of the rule is 0.
  grouping(const rule& r, const extents& kernel_shape)
      : rule_(r),
        matrix_{kernel_shape.size() / (kernel_shape.back() == 0 ? 1 : kernel_shape.back()), kernel_shape.back()} {
    if ((kernel_shape.rank() != 2 && kernel_shape.rank() != 4) || kernel_shape.size() == 0) {
      throw shape_error(error_message("structure::grouping", "a kernel of shape " + to_string(kernel_shape),
                                      "(in, out) or (height, width, channels, filters) without a 0"));
    }
    if (const auto* p = std::get_if<pattern>(&rule_)) {
      expect_positive(p->consecutive, "consecutive rows");
      expect_positive(p->rows, "rows");
      expect_division(p->rows);
    }
    if (const auto* b = std::get_if<block>(&rule_)) {
      expect_positive(b->height, "block height");
      expect_positive(b->width, "block width");
    }
    count_ = std::visit([&](const auto& one) { return detail::count(one, matrix_); }, rule_);
  }

  /// @return the rule.
  [[nodiscard]] const structure::rule& rule() const noexcept { return rule_; }
  /// @return the number of groups.
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  /// @return the number of weights.
  [[nodiscard]] std::size_t weights() const noexcept { return matrix_.inputs * matrix_.outputs; }

  /// Goes through all weights in memory order.
  /// @param action  called as action(group, index): the number of the group and the flat index of the weight.
  /// Complexity: O(n), without allocation.
  template <class Action>
  void visit(Action&& action) const {
    std::visit(
        [&](const auto& one) {
          std::size_t index = 0;
          for (std::size_t input = 0; input < matrix_.inputs; ++input) {
            for (std::size_t output = 0; output < matrix_.outputs; ++output) {
              action(detail::group_of(one, matrix_, input, output), index++);
            }
          }
        },
        rule_);
  }

  /// @return how many weights each group has.   Complexity: O(n).
  [[nodiscard]] std::vector<std::size_t> sizes() const {
    std::vector<std::size_t> result(count_, 0);
    visit([&](std::size_t group, std::size_t) { ++result[group]; });
    return result;
  }

 private:
  static void expect_positive(std::size_t number, const std::string& name) {
    if (number == 0) {
      throw argument_error(error_message("structure::grouping", "0 " + name, "1 or more"));
    }
  }

  void expect_division(std::size_t rows) const {
    if (weights() % rows == 0) {
      return;
    }
    std::string factors;
    for (std::size_t factor = 1; factor <= weights() && factors.size() < 60; ++factor) {
      if (weights() % factor == 0) {
        factors += (factors.empty() ? "" : ", ") + std::to_string(factor);
      }
    }
    throw shape_error(error_message("structure::grouping",
                                    std::to_string(rows) + " rows for " + std::to_string(weights()) + " weights",
                                    "a number of rows that divides them, from a reuse factor of " + factors + " ..."));
  }

  structure::rule rule_;
  detail::kernel_matrix matrix_;
  std::size_t count_ = 0;
};

}  // namespace espalier::inline v0::structure

#endif
