// SPDX-License-Identifier: Apache-2.0
// The options of a multiple-choice knapsack: what each adds to the lightest one, checked and ready to be priced.
#ifndef ESPALIER_KNAPSACK_DETAIL_CHOICE_TABLE_HPP
#define ESPALIER_KNAPSACK_DETAIL_CHOICE_TABLE_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/sum.hpp>
#include <espalier/knapsack/choice_problem.hpp>
#include <espalier/knapsack/detail/relaxation.hpp>
#include <espalier/knapsack/validate.hpp>

namespace espalier::inline v0::knapsack::detail {

/// Checks a choice_problem and answers for its options.
template <class Value>
class choice_table {
 public:
  /// @throws shape_error or argument_error for what is wrong, with the index at fault.
  explicit choice_table(const choice_problem<Value>& p) : problem_(p), remaining_(p.capacities) {
    std::size_t total = 0;
    for (std::size_t c = 0; c < p.options.size(); ++c) {
      if (p.options[c] == 0) {
        refuse({"a class without options, number ", c}, {"at least one option"});
      }
      first_.push_back(total);
      total += p.options[c];
    }
    validate_sizes(total);
    for (std::size_t c = 0; c < p.options.size(); ++c) {
      lightest_.push_back(find_lightest(c));
    }
    std::vector<std::int64_t> heaviest(p.resources(), 0);
    for (const run& one : p.runs) {
      const auto count = static_cast<std::int64_t>(one.count);
      for (std::size_t r = 0; r < p.resources(); ++r) {
        std::int64_t most = 0;
        for (std::size_t o = 0; o < p.options[one.item_class]; ++o) {
          most = (std::max)(most, weights(one.item_class, o)[r]);
        }
        if (__builtin_mul_overflow(most, count, &most) || __builtin_add_overflow(heaviest[r], most, &heaviest[r])) {
          refuse({"a total weight beyond 2^63 in resource ", r}, {"totals that an int64 holds"});
        }
        remaining_[r] -= weights(one.item_class, lightest_[one.item_class])[r] * count;
      }
    }
  }

  [[nodiscard]] const choice_problem<Value>& problem() const noexcept { return problem_; }
  [[nodiscard]] std::size_t rows() const noexcept { return problem_.resources(); }
  [[nodiscard]] std::size_t options(std::size_t c) const noexcept { return problem_.options[c]; }
  [[nodiscard]] std::size_t lightest(std::size_t c) const noexcept { return lightest_[c]; }
  [[nodiscard]] std::span<const std::int64_t> weights(std::size_t c, std::size_t option) const noexcept {
    return {problem_.weights.data() + (first_[c] + option) * rows(), rows()};
  }
  /// The place of a class's first option among all.
  [[nodiscard]] std::size_t first(std::size_t c) const noexcept { return first_[c]; }
  /// The capacities less what the lightest options use; negative if the problem has no solution.
  [[nodiscard]] const std::vector<std::int64_t>& remaining() const noexcept { return remaining_; }

  /// Calls action(group, class, place of its first value) for every group in order.
  template <class Action>
  void for_each_group(Action&& action) const {
    std::size_t group = 0;
    std::size_t value = 0;
    for (const run& one : problem_.runs) {
      for (std::uint64_t i = 0; i < one.count; ++i, ++group, value += options(one.item_class)) {
        action(group, static_cast<std::size_t>(one.item_class), value);
      }
    }
  }

 private:
  void validate_sizes(std::size_t total) const {
    const auto& p = problem_;
    if (p.weights.size() != total * p.resources()) {
      reject<shape_error>("knapsack::choose", {p.weights.size(), " weights"},
                          {total * p.resources(), ", for each option and resource one"});
    }
    for (std::size_t r = 0; r < p.resources(); ++r) {
      if (p.capacities[r] < 0) {
        refuse({"capacity ", p.capacities[r], " of resource ", r}, {"capacities >= 0"});
      }
    }
    for (std::size_t i = 0; i < p.weights.size(); ++i) {
      if (p.weights[i] < 0) {
        refuse({"weight ", p.weights[i], " of option ", i / p.resources()}, {"weights >= 0"});
      }
    }
    std::size_t values = 0;
    for (std::size_t i = 0; i < p.runs.size(); ++i) {
      if (p.runs[i].item_class >= p.options.size()) {
        refuse({"class ", p.runs[i].item_class, " in run ", i}, {"a class below ", p.options.size()});
      }
      const std::size_t each = p.options[p.runs[i].item_class];
      values = p.runs[i].count > (p.values.size() - values) / each
                   ? p.values.size() + 1
                   : values + each * static_cast<std::size_t>(p.runs[i].count);
      if (values > p.values.size()) {
        break;
      }
    }
    if (values != p.values.size()) {
      reject<shape_error>("knapsack::choose", {p.values.size(), " values"}, {"one for each option of each group"});
    }
    for (std::size_t i = 0; i < p.values.size(); ++i) {
      if (!(p.values[i] >= 0 && p.values[i] <= (std::numeric_limits<Value>::max)())) {
        refuse({"value ", static_cast<double>(p.values[i]), " at ", i}, {"finite values >= 0"});
      }
    }
  }

  [[nodiscard]] std::size_t find_lightest(std::size_t c) const {
    for (std::size_t o = 0; o < options(c); ++o) {
      bool lightest = true;
      for (std::size_t other = 0; other < options(c); ++other) {
        for (std::size_t r = 0; r < rows(); ++r) {
          lightest = lightest && weights(c, o)[r] <= weights(c, other)[r];
        }
      }
      if (lightest) {
        return o;
      }
    }
    refuse({"class ", c, " without an option that is lightest in all resources"}, {"one, such as pruning"});
  }

  const choice_problem<Value>& problem_;
  std::vector<std::size_t> first_;
  std::vector<std::size_t> lightest_;
  std::vector<std::int64_t> remaining_;
};

/// The Lagrangian of a multiple-choice knapsack, counted from the lightest options:
///
///     L(lambda) = lambda C + sum over groups of max over options (v - lambda w).
template <class Value>
class choice_dual {
 public:
  explicit choice_dual(const choice_table<Value>& table) : table_(table), all_used_(table.rows(), 0.0) {
    table.for_each_group([&](std::size_t, std::size_t c, std::size_t first) {
      double most = 0;
      for (std::size_t o = 0; o < table.options(c); ++o) {
        most = (std::max)(most, static_cast<double>(table.problem().values[first + o]));
      }
      magnitude_ += most;
    });
    for (const run& one : table.problem().runs) {
      for (std::size_t r = 0; r < table.rows(); ++r) {
        std::int64_t most = 0;
        for (std::size_t o = 0; o < table.options(one.item_class); ++o) {
          most = (std::max)(most, added(one.item_class, o, r));
        }
        all_used_[r] += static_cast<double>(most) * static_cast<double>(one.count);
      }
    }
  }

  [[nodiscard]] std::size_t rows() const noexcept { return table_.rows(); }
  [[nodiscard]] std::int64_t capacity(std::size_t row) const noexcept { return table_.remaining()[row]; }
  [[nodiscard]] static double slack_cost(std::size_t) noexcept { return 0; }
  [[nodiscard]] double all_used(std::size_t row) const noexcept { return all_used_[row]; }
  [[nodiscard]] double magnitude() const noexcept { return magnitude_; }

  /// The break solution at some prices: the best option of each group. Complexity: O(values).
  [[nodiscard]] break_solution at(const std::vector<double>& prices) const {
    const auto& p = table_.problem();
    std::vector<double> costs;
    for (std::size_t c = 0; c < p.options.size(); ++c) {
      for (std::size_t o = 0; o < p.options[c]; ++o) {
        double cost = 0;
        for (std::size_t r = 0; r < prices.size(); ++r) {
          cost += prices[r] * static_cast<double>(added(c, o, r));
        }
        costs.push_back(cost);
      }
    }
    std::vector<std::uint64_t> counts(costs.size(), 0);
    compensated_sum value;
    table_.for_each_group([&](std::size_t, std::size_t c, std::size_t first) {
      const double* cost = &costs[table_.first(c)];
      std::size_t best = table_.lightest(c);
      double most = static_cast<double>(p.values[first + best]);
      const double base = most;
      for (std::size_t o = 0; o < table_.options(c); ++o) {
        const double score = static_cast<double>(p.values[first + o]) - cost[o];
        best = score > most ? o : best;
        most = (std::max)(most, score);
      }
      value.add(static_cast<double>(p.values[first + best]) - base);
      ++counts[table_.first(c) + best];
    });
    break_solution result{value.result(), std::vector<double>(prices.size(), 0.0)};
    for (std::size_t c = 0; c < p.options.size(); ++c) {
      for (std::size_t o = 0; o < p.options[c]; ++o) {
        for (std::size_t r = 0; r < prices.size(); ++r) {
          result.used[r] += static_cast<double>(added(c, o, r)) * static_cast<double>(counts[table_.first(c) + o]);
        }
      }
    }
    return result;
  }

  [[nodiscard]] double value(const std::vector<double>& prices, const break_solution& s) const noexcept {
    double result = s.value;
    for (std::size_t r = 0; r < prices.size(); ++r) {
      result += prices[r] * (static_cast<double>(capacity(r)) - s.used[r]);
    }
    return result;
  }

 private:
  /// What an option weighs more than the lightest one.
  [[nodiscard]] std::int64_t added(std::size_t c, std::size_t option, std::size_t row) const noexcept {
    return table_.weights(c, option)[row] - table_.weights(c, table_.lightest(c))[row];
  }

  const choice_table<Value>& table_;
  std::vector<double> all_used_;
  double magnitude_ = 0;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
