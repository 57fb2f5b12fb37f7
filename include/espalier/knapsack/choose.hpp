// SPDX-License-Identifier: Apache-2.0
// The multiple-choice knapsack: for each group one of several options, optimal with a proof or with a proven bound.
#ifndef ESPALIER_KNAPSACK_CHOOSE_HPP
#define ESPALIER_KNAPSACK_CHOOSE_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include <espalier/base/compiled_once.hpp>
#include <espalier/base/sum.hpp>
#include <espalier/knapsack/choice_problem.hpp>
#include <espalier/knapsack/choice_solution.hpp>
#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/choice_regret.hpp>
#include <espalier/knapsack/detail/choice_table.hpp>
#include <espalier/knapsack/detail/column_generation.hpp>
#include <espalier/knapsack/detail/relaxation.hpp>
#include <espalier/knapsack/detail/scan.hpp>
#include <espalier/knapsack/detail/steady_seconds.hpp>
#include <espalier/knapsack/solve_options.hpp>

namespace espalier::inline v0::knapsack {

namespace detail {

/// Prices, regret, and a search with a growing limit, as for the knapsack with two options.
template <class Value>
class choosing {
 public:
  choosing(const choice_table<Value>& table, const solve_options& options)
      : table_(table),
        budget_(options),
        relative_gap_(options.relative_gap),
        scale_(largest_value(table.problem().values)) {}

  [[nodiscard]] choice_solution operator()() {
    std::vector<std::uint32_t> lightest;
    table_.for_each_group([&](std::size_t, std::size_t c, std::size_t) {
      lightest.push_back(static_cast<std::uint32_t>(table_.lightest(c)));
    });
    const auto& remaining = table_.remaining();
    if (std::any_of(remaining.begin(), remaining.end(), [](std::int64_t left) { return left < 0; })) {
      choice_solution none = describe(std::move(lightest));
      none.bound = none.value;
      none.multipliers.assign(table_.rows(), 0.0);
      return none;
    }
    const choice_dual<Value> function(table_);
    dual_solution dual;
    try {
      dual = column_generation(function, std::vector<double>(table_.rows(), 0.0), budget_)();
    } catch (const interrupted&) {
      choice_solution result = describe(std::move(lightest));
      result.status = status::feasible;
      result.bound = function.magnitude() * (1 + 1e-12);  // the best option of every group
      result.multipliers.assign(table_.rows(), 0.0);
      return result;
    }
    took_.dual_steps = dual.steps;
    const choice_regret<Value> regret(table_, scale_, rounded_prices(dual.prices, scale_));
    chosen_ = std::move(lightest);
    best_ = regret.lightest_cost();
    prove(regret);
    return assemble(regret);
  }

 private:
  void prove(const choice_regret<Value>& regret) {
    std::int64_t limit = regret.least_cost(table_.rows() + 4);
    std::size_t states = std::size_t{1} << 15U;
    bool beamed = false;
    while (least_ < best_ && !budget_.exhausted() && !good_enough(regret)) {
      limit = (std::min)(limit, best_ - 1);
      if (take(regret, {limit, 0, states, 1 << 14})) {
        least_ = best_ <= limit ? best_ : limit + 1;
        limit = saturated(last_states_ < 64 ? 4 * int128{limit} + 1 : int128{limit} + limit / 2 + 1);
      } else if (!beamed) {
        // A good choice to search below; a poor one is better than none.
        beamed = true;
        states = ~std::size_t{0};
        const std::int64_t found_before = best_;
        for (std::int64_t reach = limit; best_ == found_before && reach < endless && !budget_.exhausted();
             reach = saturated(8 * int128{reach} + 1)) {
          take(regret, {(std::min)(reach, best_ - 1), 256, ~std::size_t{0}, 1 << 14});
        }
      } else {
        break;  // the budget is spent, or numbers are too large to search
      }
    }
  }

  /// True if the pass was complete.
  bool take(const choice_regret<Value>& regret, const pass_limits& limits) {
    auto result = regret.pass(limits, budget_);
    ++took_.searches;
    took_.states = (std::max)(took_.states, std::uint64_t{result.states});
    last_states_ = result.states;
    if (result.chosen && result.cost < best_) {
      best_ = result.cost;
      chosen_ = *std::move(result.chosen);
    }
    return !result.cut_short;
  }

  [[nodiscard]] bool good_enough(const choice_regret<Value>& regret) const {
    if (relative_gap_ <= 0 || best_ >= endless) {
      return false;
    }
    const double value = describe(chosen_).value;
    const double open = scale_.to_double(int128{best_} - least_) / static_cast<double>(regret.prices().factor);
    return open <= relative_gap_ * (value + open);
  }

  [[nodiscard]] choice_solution describe(std::vector<std::uint32_t> chosen) const {
    choice_solution result;
    result.used.assign(table_.rows(), 0);
    compensated_sum value;
    table_.for_each_group([&](std::size_t group, std::size_t c, std::size_t first) {
      value.add(static_cast<double>(table_.problem().values[first + chosen[group]]));
      for (std::size_t r = 0; r < result.used.size(); ++r) {
        result.used[r] += table_.weights(c, chosen[group])[r];
      }
    });
    result.chosen = std::move(chosen);
    result.value = value.result();
    return result;
  }

  [[nodiscard]] choice_solution assemble(const choice_regret<Value>& regret) {
    choice_solution result = describe(std::move(chosen_));
    for (std::size_t r = 0; r < table_.rows(); ++r) {
      if (result.used[r] > table_.problem().capacities[r]) {
        throw std::logic_error("espalier::knapsack::choose: the answer exceeds a capacity; please report this");
      }
      result.multipliers.push_back(scale_.to_double(regret.prices().scaled[r]));
    }
    const bool optimal = best_ < endless && least_ >= best_;
    result.status = optimal ? status::optimal : status::feasible;
    // Where the regret of the choice is beyond what is counted, the bound is that of the best options at the prices.
    const double open = best_ < endless
                            ? result.value * (1 + 1e-15) + scale_.to_double(int128{best_} - least_) * (1 + 1e-12)
                            : lagrangian(result.multipliers) * (1 + 1e-12);
    result.bound = optimal ? result.value : std::nextafter(open, std::numeric_limits<double>::infinity());
    result.statistics = took_;
    result.statistics.work = budget_.work();
    return result;
  }

  /// L at some prices.
  [[nodiscard]] double lagrangian(const std::vector<double>& prices) const {
    compensated_sum sum;
    sum.add(cost_of(prices, table_.problem().capacities));
    table_.for_each_group([&](std::size_t, std::size_t c, std::size_t first) {
      double most = -std::numeric_limits<double>::infinity();
      for (std::size_t o = 0; o < table_.options(c); ++o) {
        most = (std::max)(
            most, static_cast<double>(table_.problem().values[first + o]) - cost_of(prices, table_.weights(c, o)));
      }
      sum.add(most);
    });
    return sum.result();
  }

  const choice_table<Value>& table_;
  budget budget_;
  double relative_gap_;
  fixed_point scale_;
  statistics took_;
  std::vector<std::uint32_t> chosen_;
  std::int64_t best_ = endless;  // the regret of the chosen
  std::int64_t least_ = 0;       // no choice has less
  std::size_t last_states_ = 0;
};

}  // namespace detail

/// Solves a multiple-choice knapsack: the best option for each group within the capacities.
///
/// Optimal means: for the values rounded to multiples of the largest one times 2^-54.
/// @param p        the problem; the values must stay alive during the call.
/// @param options  limits; windows do not occur, so scans and window_items stay 0.
/// @return an option for each group, with status optimal; past a limit status feasible, with a bound that is proven;
///         infeasible if even the lightest options exceed a capacity.
/// @throws shape_error or argument_error for invalid input, with the index at fault.
/// Complexity: O(values) for each of some ten to sixty steps to the prices, O(groups log groups), and a search over the
/// groups that are near a change of option; exponential at worst, within the limits.
/// Source: Kellerer, Pferschy and Pisinger 2004, "Knapsack problems", chapter 11.
template <class Value>
[[nodiscard]] choice_solution choose(const choice_problem<Value>& p, const solve_options& options = {}) {
  detail::validate_options(options);
  const detail::choice_table<Value> table(p);
  if (!options.measure_time) {
    return detail::choosing<Value>(table, options)();
  }
  const double begin = detail::steady_seconds();
  choice_solution result = detail::choosing<Value>(table, options)();
  result.statistics.seconds = detail::steady_seconds() - begin;
  return result;
}

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE choice_solution choose<float>(const choice_problem<float>& p, const solve_options& options);
ESPALIER_COMPILED_ONCE choice_solution choose<double>(const choice_problem<double>& p, const solve_options& options);
#endif

}  // namespace espalier::inline v0::knapsack

#endif
