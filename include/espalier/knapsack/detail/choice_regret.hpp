// SPDX-License-Identifier: Apache-2.0
// The regret of a multiple-choice knapsack, group by group, and the choice of least regret.
#ifndef ESPALIER_KNAPSACK_DETAIL_CHOICE_REGRET_HPP
#define ESPALIER_KNAPSACK_DETAIL_CHOICE_REGRET_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/choice_table.hpp>
#include <espalier/knapsack/detail/columns.hpp>
#include <espalier/knapsack/detail/fixed_point.hpp>
#include <espalier/knapsack/detail/prices.hpp>
#include <espalier/knapsack/detail/search.hpp>
#include <espalier/knapsack/detail/sorting.hpp>
#include <espalier/knapsack/solution.hpp>

namespace espalier::inline v0::knapsack::detail {

/// With prices lambda, every choice k of options falls short of L(lambda) by
///
///     sum over groups of [ max over options (v - lambda w) - (v_k - lambda w_k) ] + lambda slack,
///
/// a sum of terms >= 0: none for a group that takes its best option at these prices. Only groups that have another
/// option within the limit need to be looked at, each as a column of which one move can be made.
template <class Value>
class choice_regret {
 public:
  choice_regret(const choice_table<Value>& table, const fixed_point& scale, exact_prices prices)
      : table_(table), scale_(scale), prices_(std::move(prices)), slack_(table.problem().capacities) {
    table.for_each_group([&](std::size_t group, std::size_t c, std::size_t first) {
      std::size_t best = table.lightest(c);
      for (std::size_t o = 0; o < table.options(c); ++o) {
        best = score(c, o, first) > score(c, best, first) ? o : best;
      }
      best_.push_back(static_cast<std::uint32_t>(best));
      for (std::size_t r = 0; r < slack_.size(); ++r) {
        slack_[r] -= table.weights(c, best)[r];
      }
      std::int64_t least = endless;
      for (std::size_t o = 0; o < table.options(c); ++o) {
        least = o == best ? least : (std::min)(least, cost(c, o, first, best));
      }
      groups_.push_back({least, group, c, first});
    });
    std::vector<std::int64_t> keys;
    for (const entry& e : groups_) {
      keys.push_back(e.least);
    }
    std::vector<entry> sorted;
    sorted.reserve(groups_.size());
    for (const std::uint32_t place : order_of(keys)) {
      sorted.push_back(groups_[place]);
    }
    groups_.swap(sorted);
  }

  /// The best option of each group at the prices.
  [[nodiscard]] const std::vector<std::uint32_t>& best() const noexcept { return best_; }
  [[nodiscard]] const exact_prices& prices() const noexcept { return prices_; }
  /// What the cheapest other option of the k-th cheapest group costs; endless beyond the last.
  [[nodiscard]] std::int64_t least_cost(std::size_t k) const noexcept {
    return k < groups_.size() ? groups_[k].least : endless;
  }
  /// The regret of taking the lightest option everywhere, which always fits.
  [[nodiscard]] std::int64_t lightest_cost() const {
    int128 sum = prices_.cost(table_.remaining());
    for (const entry& e : groups_) {
      sum += cost(e.item_class, table_.lightest(e.item_class), e.first, best_[e.group]);
      if (sum >= endless) {
        return endless;
      }
    }
    return saturated(sum);
  }

  /// One pass of the search, and what it found as options of all groups.
  struct pass_result {
    std::optional<std::vector<std::uint32_t>> chosen;
    std::int64_t cost = endless;
    bool cut_short = false;
    std::size_t states = 0;
  };
  [[nodiscard]] pass_result pass(const pass_limits& limits, budget& b) const {
    std::vector<column> moving;
    std::vector<std::vector<std::uint32_t>> options;
    for (const entry& e : groups_) {
      if (e.least > limits.regret) {
        break;
      }
      options.emplace_back();
      moving.push_back(column_of(e, limits.regret, options.back()));
      moving.back().number = moving.size() - 1;
    }
    search one({moving.size(), slack_, prices_}, moving, limits, b);
    const auto found = one();
    pass_result result{std::nullopt, endless, one.cut_short(), one.most_states()};
    if (found) {
      result.cost = found->cost;
      result.chosen = best_;
      for (std::size_t k = 0; k < moving.size(); ++k) {
        if (found->moves[k] != 0) {
          (*result.chosen)[groups_[k].group] = options[k][static_cast<std::size_t>(found->moves[k] - 1)];
        }
      }
    }
    return result;
  }

 private:
  struct entry {
    std::int64_t least;
    std::size_t group;
    std::size_t item_class;
    std::size_t first;
  };

  [[nodiscard]] int128 score(std::size_t c, std::size_t option, std::size_t first) const {
    const auto value = static_cast<double>(table_.problem().values[first + option]);
    return int128{scale_.round(value)} * prices_.factor - prices_.cost(table_.weights(c, option));
  }
  [[nodiscard]] std::int64_t cost(std::size_t c, std::size_t option, std::size_t first, std::size_t best) const {
    return saturated(score(c, best, first) - score(c, option, first));
  }

  [[nodiscard]] column column_of(const entry& e, std::int64_t limit, std::vector<std::uint32_t>& options) const {
    column result;
    const std::size_t best = best_[e.group];
    for (std::size_t o = 0; o < table_.options(e.item_class); ++o) {
      const std::int64_t regret = o == best ? endless : cost(e.item_class, o, e.first, best);
      if (regret <= limit) {
        single_move move;
        for (std::size_t r = 0; r < slack_.size(); ++r) {
          move.weights.push_back(table_.weights(e.item_class, o)[r] - table_.weights(e.item_class, best)[r]);
        }
        move.cost = regret;
        result.singles.push_back(std::move(move));
        options.push_back(static_cast<std::uint32_t>(o));
      }
    }
    result.count = static_cast<std::int64_t>(result.singles.size());
    return result;
  }

  const choice_table<Value>& table_;
  fixed_point scale_;
  exact_prices prices_;
  std::vector<std::int64_t> slack_;
  std::vector<std::uint32_t> best_;
  std::vector<entry> groups_;  // by their cheapest other option
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
