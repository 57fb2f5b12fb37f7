// SPDX-License-Identifier: Apache-2.0
// A partition of the weights of a kernel into groups that stand or fall together.
#ifndef ESPALIER_STRUCTURE_GROUPING_HPP
#define ESPALIER_STRUCTURE_GROUPING_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/extents.hpp>
#include <espalier/base/view_of.hpp>
#include <espalier/structure/detail/assign.hpp>
#include <espalier/structure/detail/group_of.hpp>
#include <espalier/structure/kernel_matrix.hpp>
#include <espalier/structure/rules.hpp>
#include <espalier/structure/size_run.hpp>
#include <espalier/structure/size_runs.hpp>

namespace espalier::inline v0::structure {

/// The groups of one kernel by one rule. Ranking, masking and sharing are written once, over this.
class grouping {
 public:
  /// @param r             the rule.
  /// @param kernel_shape  Dense (in, out), Conv1D (width, channels, filters), Conv2D (height, width, channels,
  ///                      filters), DepthwiseConv2D (height, width, 1, channels * multiplier); no axis is 0.
  /// @param scores        one per weight, only for rules whose groups depend on them; see needs_scores.
  /// @throws shape_error if the kernel has another rank or is empty, if the rows of a pattern do not divide its size
  ///         (the message lists reuse factors that do), or if scores are missing; argument_error if a number of the
  ///         rule is out of its range; numeric_error if a score is not finite.
  grouping(const structure::rule& r, const extents& kernel_shape, std::span<const double> scores = {})
      : rule_(r), matrix_(kernel_shape), runs_(size_runs(r, kernel_shape)) {
    for (const size_run& run : runs_) {
      count_ += run.count;
    }
    if (needs_scores(rule_)) {
      expect_scores(scores);
      assigned_ = detail::visit(rule_, [&](const auto& one) { return detail::assign(one, matrix_, scores); });
    }
  }

  /// @return the rule.
  [[nodiscard]] const structure::rule& rule() const noexcept { return rule_; }
  /// @return the number of groups.
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  /// @return the number of weights.
  [[nodiscard]] std::size_t weights() const noexcept { return matrix_.weights(); }

  /// Goes through all weights in memory order.
  /// @param action  called as action(group, index): the number of the group and the flat index of the weight.
  /// Complexity: O(n), without allocation.
  template <class Action>
  void visit(Action&& action) const {
    detail::visit(rule_, [&]<class Rule>(const Rule& one) {
      const detail::view<Rule> view(one, matrix_, view_of(assigned_));
      const std::size_t inputs = matrix_.inputs;
      const std::size_t outputs = matrix_.outputs;
      std::size_t index = 0;
      for (std::size_t input = 0; input < inputs; ++input) {
        auto place = view.row(input);
        for (std::size_t output = 0; output < outputs; ++output) {
          action(place.group(), index++);
          place.next();
        }
      }
    });
  }

  /// @return how many weights each group has.   Complexity: O(groups).
  [[nodiscard]] std::vector<std::size_t> sizes() const {
    std::vector<std::size_t> result(count_);
    auto place = result.begin();
    for (const size_run& run : runs_) {
      place = std::fill_n(place, run.count, run.weights);
    }
    return result;
  }

 private:
  void expect_scores(std::span<const double> scores) const {
    if (scores.size() != weights()) {
      reject<shape_error>("structure::grouping", {scores.size(), " scores for groups of ", rule_},
                          {weights(), ", one per weight"});
    }
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if (!std::isfinite(scores[i])) {
        reject<numeric_error>("structure::grouping", {"score ", i, " not finite"}, {"finite scores"});
      }
    }
  }

  structure::rule rule_;
  kernel_matrix matrix_;
  std::vector<size_run> runs_;
  std::vector<std::uint32_t> assigned_;
  std::size_t count_ = 0;
};

}  // namespace espalier::inline v0::structure

#endif
