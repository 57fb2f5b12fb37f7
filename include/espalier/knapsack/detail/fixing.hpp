// SPDX-License-Identifier: Apache-2.0
// Problems of many small classes, as with an own weight for every item: most items are decided by prices alone.
#ifndef ESPALIER_KNAPSACK_DETAIL_FIXING_HPP
#define ESPALIER_KNAPSACK_DETAIL_FIXING_HPP

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <espalier/base/random_generator.hpp>
#include <espalier/base/sum.hpp>
#include <espalier/knapsack/detail/answer.hpp>
#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/column_generation.hpp>
#include <espalier/knapsack/detail/presolve.hpp>
#include <espalier/knapsack/detail/relaxation.hpp>
#include <espalier/knapsack/detail/solving.hpp>
#include <espalier/knapsack/detail/window.hpp>
#include <espalier/knapsack/problem.hpp>
#include <espalier/knapsack/solution.hpp>
#include <espalier/knapsack/solve_options.hpp>

namespace espalier::inline v0::knapsack::detail {

/// Whether there are many items, and so few in a class that windows of classes would be no smaller than these.
template <class Value>
[[nodiscard]] bool has_small_classes(const problem<Value>& p) noexcept {
  constexpr std::size_t many = 65536;
  constexpr std::size_t few = 16;
  return p.items() > many && p.classes() > p.items() / few;
}

/// The items that prices leave undecided, as a problem of their own.
template <class Value>
struct undecided_items {
  std::vector<Value> values;
  std::vector<std::uint32_t> indices;  ///< in the whole problem
  problem<Value> rest;                 ///< what the others leave
  double bound = 0;                    ///< L at the prices that decided
};

/// At prices lambda an item with r = v - lambda w is decided if |r| is large: kept if r > 0, else not. Every choice
/// that keeps one of the latter, or leaves out one of the former, falls short of the bound L(lambda) by at least |r|.
/// So if the best choice among the others falls short of it by no more than every |r|, it is the best of all.
///
/// Prices come from a sample first, then from the solution of what was left undecided, until that holds.
/// Source: reduced-cost fixing, e.g. Ingargiola and Korsh 1973, "Reduction algorithm for zero-one single knapsack
/// problems"; with cores, Pisinger 1999, "Core problems in knapsack algorithms".
template <class Value>
class fixing {
 public:
  /// @param aim  about how many items to leave undecided at first.
  fixing(const problem<Value>& p, const solve_options& options, budget& b, double aim = 16384)
      : problem_(p), options_(options), budget_(b), aim_(aim) {}

  /// @throws interrupted if told to stop before there is a choice.
  /// Complexity: O(n) a round, mostly one or two. Memory: a byte an item and the undecided items.
  [[nodiscard]] solution operator()() {
    terms at = sample_terms();
    for (int round = 0; round < most_rounds; ++round) {
      auto open = split(at);
      if (open.indices.size() > problem_.items() / 2) {
        break;
      }
      const auto& left = open.rest.capacities;
      if (std::any_of(left.begin(), left.end(), [](std::int64_t capacity) { return capacity < 0; })) {
        at.reach *= 4;
        continue;
      }
      open.rest.values = open.values;
      solution found = solving<Value>(open.rest, options_, budget_)();
      const double regret = regret_of(open, found);
      const double nearest = nearest_decided(found.multipliers);
      if (regret <= nearest || budget_.exhausted()) {
        found.statistics.scans = static_cast<std::uint64_t>(round) + 1;
        // A choice that decides as here is worth no more than what the search proved, any other no more than L less
        // the nearest item.
        const double gap = (std::max)(found.bound - found.value, regret - nearest);
        return assemble(open, found, gap, at.prices);
      }
      at.prices = found.multipliers;
      at.spread.assign(at.spread.size(), 0.0);
      at.reach = (std::max)(at.reach, 2 * regret);
    }
    return solving<Value>(problem_, options_, budget_)();
  }

 private:
  static constexpr int most_rounds = 8;
  static constexpr std::uint8_t undecided = 2;  // beside 0 and 1

  /// What decides an item: |v - lambda w| > reach + spread w.
  struct terms {
    std::vector<double> prices;  // per resource
    std::vector<double> spread;  // per resource, how far off the price may be
    double reach = 0;
  };

  /// Some items, each a class of its own.
  struct sampled_items {
    std::vector<window_item> items;
    std::vector<std::size_t> begin{0};
    std::vector<std::int64_t> weights;

    void add(const window_item& item, std::span<const std::int64_t> its_weights) {
      items.push_back(item);
      begin.push_back(items.size());
      weights.insert(weights.end(), its_weights.begin(), its_weights.end());
    }
  };

  /// Calls action(item, class) for every item that could be kept.
  template <class Action>
  void for_each_fitting(Action&& action) {
    for_each_item(problem_, [&](std::size_t item, std::size_t c) {
      budget_.keep_going(item);
      if (fits_in(problem_.weights_of(c), problem_.capacities)) {
        action(item, c);
      }
    });
  }

  /// The prices of a sample, how far those of its halves differ, and a reach that leaves about as many items as wanted.
  [[nodiscard]] terms sample_terms() {
    const double draws = (std::max)(8192.0, 2 * std::pow(static_cast<double>(problem_.items()), 2.0 / 3.0));
    const double stretch = static_cast<double>(problem_.items()) / draws;
    sampled_items all;
    std::array<sampled_items, 2> halves;
    double next = random_.uniform() * stretch;
    for_each_item(problem_, [&](std::size_t item, std::size_t c) {
      budget_.keep_going(item);
      if (static_cast<double>(item) >= next) {
        next += stretch * (0.5 + random_.uniform());
        const window_item drawn{static_cast<double>(problem_.values[item]) + 0.0, static_cast<std::uint32_t>(item)};
        if (fits_in(problem_.weights_of(c), problem_.capacities)) {
          halves[all.items.size() % 2].add(drawn, problem_.weights_of(c));
          all.add(drawn, problem_.weights_of(c));
        }
      }
    });
    terms result;
    result.prices = prices_of(all, stretch, std::vector<double>(problem_.resources(), 0.0));
    result.spread.assign(problem_.resources(), 0.0);
    for (const sampled_items& half : halves) {
      const std::vector<double> prices = prices_of(half, 2 * stretch, result.prices);
      for (std::size_t r = 0; r < prices.size(); ++r) {
        result.spread[r] = (std::max)(result.spread[r], std::abs(prices[r] - result.prices[r]));
      }
    }
    result.reach = reach_in(all, result.prices, aim_ / stretch);
    return result;
  }

  [[nodiscard]] std::vector<double> prices_of(const sampled_items& s, double copies, const std::vector<double>& hint) {
    const std::vector<double> each(s.items.size(), copies);
    const dual_function function({s.items, s.begin, s.weights, problem_.capacities, each, {}}, budget_);
    return column_generation(function, hint, budget_)().prices;
  }

  /// The distance from its price that so many of the sampled items are within.
  [[nodiscard]] double reach_in(const sampled_items& s, const std::vector<double>& prices, double count) const {
    std::vector<double> distances;
    for (std::size_t i = 0; i < s.items.size(); ++i) {
      const auto weights = std::span(s.weights).subspan(i * prices.size(), prices.size());
      distances.push_back(std::abs(s.items[i].value - cost_of(prices, weights)));
    }
    if (distances.empty()) {
      return 0;
    }
    const auto place =
        distances.begin() + static_cast<std::ptrdiff_t>((std::min)(count, static_cast<double>(distances.size() - 1)));
    std::nth_element(distances.begin(), place, distances.end());
    return *place;
  }

  /// Decides what can be decided.
  [[nodiscard]] undecided_items<Value> split(const terms& at) {
    undecided_items<Value> result;
    result.rest.capacities = problem_.capacities;
    compensated_sum bound;
    bound.add(cost_of(at.prices, problem_.capacities));
    decided_.assign(problem_.items(), 0);
    std::size_t last = problem_.classes();
    for_each_fitting([&](std::size_t item, std::size_t c) {
      const auto weights = problem_.weights_of(c);
      const double r = static_cast<double>(problem_.values[item]) - cost_of(at.prices, weights);
      const double reach = at.reach + cost_of(at.spread, weights);
      bound.add((std::max)(0.0, r));
      if (r > reach) {
        decided_[item] = 1;
        std::transform(result.rest.capacities.begin(), result.rest.capacities.end(), weights.begin(),
                       result.rest.capacities.begin(), std::minus<>{});
      } else if (r >= -reach) {
        decided_[item] = undecided;
        result.values.push_back(problem_.values[item]);
        result.indices.push_back(static_cast<std::uint32_t>(item));
        if (c != last) {
          last = c;
          const std::size_t number = result.rest.runs.size();
          result.rest.runs.push_back({static_cast<std::uint32_t>(number), 0});
          result.rest.weights.insert(result.rest.weights.end(), weights.begin(), weights.end());
        }
        ++result.rest.runs.back().count;
      }
    });
    result.bound = bound.result() * (1 + 1e-12);
    return result;
  }

  /// By how much a choice falls short of L, as a sum of small terms.
  [[nodiscard]] static double regret_of(const undecided_items<Value>& open, const solution& found) {
    double regret = 0;
    for_each_item(open.rest, [&](std::size_t item, std::size_t c) {
      const double r = static_cast<double>(open.values[item]) - cost_of(found.multipliers, open.rest.weights_of(c));
      regret += (std::max)(0.0, found.kept[item] != 0 ? -r : r);
    });
    for (std::size_t row = 0; row < found.used.size(); ++row) {
      regret += found.multipliers[row] * static_cast<double>(open.rest.capacities[row] - found.used[row]);
    }
    return regret;
  }

  /// The least |r| of the decided items at some prices, below 0 if one should have been decided otherwise, or if there
  /// is no time to look.
  [[nodiscard]] double nearest_decided(const std::vector<double>& prices) {
    double nearest = std::numeric_limits<double>::infinity();
    try {
      for_each_fitting([&](std::size_t item, std::size_t c) {
        if (decided_[item] != undecided) {
          const auto value = static_cast<double>(problem_.values[item]);
          const double t = cost_of(prices, problem_.weights_of(c));
          const double error = 1e-12 * (value + t);
          nearest = (std::min)(nearest, (decided_[item] != 0 ? value - t : t - value) - error);
        }
      });
    } catch (const interrupted&) {
      return -std::numeric_limits<double>::infinity();
    }
    return nearest;
  }

  /// @param gap     no choice is worth more than the one that was found and this.
  /// @param prices  that decided; they prove a bound too.
  [[nodiscard]] solution assemble(const undecided_items<Value>& from, const solution& found, double gap,
                                  const std::vector<double>& prices) {
    for (std::size_t i = 0; i < from.indices.size(); ++i) {
      decided_[from.indices[i]] = found.kept[i];
    }
    solution result = answer(problem_, std::move(decided_));
    result.statistics = found.statistics;
    result.statistics.window_items = from.indices.size();
    const double bound = (result.value + gap) * (1 + 1e-12);
    result.multipliers = bound <= from.bound ? found.multipliers : prices;
    result.status = gap <= 0 ? status::optimal : status::feasible;
    result.bound = gap <= 0 ? result.value : (std::max)(result.value, (std::min)(bound, from.bound));
    return result;
  }

  const problem<Value>& problem_;
  const solve_options& options_;
  budget& budget_;
  double aim_;
  std::vector<std::uint8_t> decided_;
  random_generator random_{0x66697869};
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
