// SPDX-License-Identifier: Apache-2.0
// The least regret with one resource: items join one by one, the cheapest to move first, and dominated choices go.
#ifndef ESPALIER_KNAPSACK_DETAIL_ONE_ROW_HPP
#define ESPALIER_KNAPSACK_DETAIL_ONE_ROW_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/columns.hpp>
#include <espalier/knapsack/detail/moving.hpp>
#include <espalier/knapsack/detail/regret.hpp>
#include <espalier/knapsack/detail/sorting.hpp>
#include <espalier/knapsack/detail/states.hpp>

namespace espalier::inline v0::knapsack::detail {

/// A core that expands item by item, as minknap does, on regrets.
///
/// A state is a slack s, negative where too much is kept, and the cost c of the items moved so far. Of two states, the
/// one with no less slack and no less value, c + lambda s, serves for both. With all further items costing at least
/// rho a unit, no state leads below c + min(rho, lambda) s, or c - rho s where s < 0.
/// Source: Pisinger 1997, "A minimal algorithm for the 0-1 knapsack problem".
template <class Late = void>  // so that it is compiled where it is used only
class one_row_search {
 public:
  /// @param grain  by how much at least a better choice is better; see regret::grain.
  one_row_search(regret<>& r, std::int64_t grain, budget& b)
      : regret_(r), grain_(grain), budget_(b), price_(r.prices().scaled.front()) {}

  /// Takes at most a quarter of the work that is left: where it does not do, other ways may.
  /// @param best  a choice to improve on.
  /// @return the choice of least regret if that is less; cut_short() says whether nothing was left out.
  [[nodiscard]] std::optional<choice> operator()(const choice& best) {
    const std::uint64_t reserve = budget_.left() / 4 * 3;
    aim_below(best.cost);
    if (!list_moves(most_)) {
      cut_short_ = true;
      return std::nullopt;
    }
    states_.assign(1, {regret_.slack().front(), 0, 0});
    finish(states_.front());
    for (std::size_t i = 0; i < moves_.size() && !states_.empty() && moves_[i].cost <= most_; ++i) {
      if (!expand(i) || budget_.left() < reserve) {
        cut_short_ = true;
        return std::nullopt;
      }
    }
    if (least_ == endless) {
      return std::nullopt;
    }
    choice result{std::vector<std::int64_t>(regret_.classes(), 0), least_};
    for (std::uint32_t at = found_; at != 0; at = history_[at].before) {
      result.moves[history_[at].column] += history_[at].moves;
    }
    return result;
  }

  [[nodiscard]] bool cut_short() const noexcept { return cut_short_; }
  /// The most states at once.
  [[nodiscard]] std::size_t most_states() const noexcept { return most_states_; }
  /// Up to this regret nothing outside of the windows matters.
  [[nodiscard]] std::int64_t window_edge() const noexcept { return window_edge_; }

 private:
  struct move {
    std::int64_t cost;    ///< |v - t|
    std::int64_t weight;  ///< > 0: slack that removing gives; < 0: slack that adding takes
    std::uint32_t item_class;
  };
  struct state {
    std::int64_t slack;
    std::int64_t cost;
    std::uint32_t before;
  };

  static constexpr std::size_t most_moves = 1 << 20;  // sorting more takes longer than a stop may wait

  /// The items that can be moved within the limit, the cheapest first, and the least rate of those from each on.
  /// @return false if they are too many to try one by one.
  [[nodiscard]] bool list_moves(std::int64_t limit) {
    const moving_classes moving = find_moving(regret_, limit);
    window_edge_ = moving.window_edge;
    for (const column& one : moving.columns) {
      const auto list = [&](std::span<const std::int64_t> costs, std::int64_t weight) {
        std::int64_t before = 0;
        for (const std::int64_t cost : costs) {
          moves_.push_back({cost - before, weight, static_cast<std::uint32_t>(one.number)});
          before = cost;
        }
      };
      list(one.up, -one.weights.front());
      list(one.down, one.weights.front());
      if (moves_.size() > most_moves) {
        return false;
      }
    }
    std::vector<std::int64_t> keys;
    for (const move& one : moves_) {
      keys.push_back(one.cost);
    }
    std::vector<move> sorted;
    for (const std::uint32_t place : order_of(keys)) {
      sorted.push_back(moves_[place]);
    }
    moves_.swap(sorted);
    rates_.assign(moves_.size() + 1, std::numeric_limits<double>::infinity());
    for (std::size_t i = moves_.size(); i-- > 0;) {
      const auto weight = static_cast<double>(moves_[i].weight < 0 ? -moves_[i].weight : moves_[i].weight);
      rates_[i] = (std::min)(rates_[i + 1], static_cast<double>(moves_[i].cost) / weight);
    }
    return true;
  }

  void aim_below(std::int64_t cost) noexcept { most_ = cost < endless ? cost - grain_ : endless - 1; }

  /// Remembers a state if it is a better choice than all before.
  void finish(const state& s) {
    if (s.slack >= 0) {
      const std::int64_t total = add_costs(s.cost, regret_.slack_cost(0, s.slack));
      if (total <= most_) {
        least_ = total;
        found_ = s.before;
        aim_below(total);
      }
    }
  }

  [[nodiscard]] int128 potential(const state& s) const noexcept { return s.cost + price_ * s.slack; }

  /// Whether a state may lead to less than the best, with the moves from the i-th on.
  [[nodiscard]] bool hopeful(const state& s, std::size_t i) const noexcept {
    const double rate = s.slack < 0 ? -rates_[i] : (std::min)(rates_[i], static_cast<double>(price_));
    const double more = s.slack == 0 ? 0 : rate * static_cast<double>(s.slack);
    return static_cast<double>(s.cost) + more * (1 - 1e-12) <= static_cast<double>(most_) * (1 + 1e-12);
  }

  /// Makes or leaves move i in every state; both lists are in the order of their slack, so they merge.
  [[nodiscard]] bool expand(std::size_t i) {
    const move& m = moves_[i];
    next_.clear();
    std::size_t stay = 0;
    std::size_t go = 0;
    // From the largest slack down, a state must have less potential than all before it.
    std::optional<int128> lowest;
    while (stay < states_.size() || go < states_.size()) {
      if (!budget_.spend()) {
        return false;
      }
      const bool moved =
          stay == states_.size() || (go < states_.size() && states_[go].slack + m.weight > states_[stay].slack);
      state s = moved ? states_[go++] : states_[stay++];
      if (moved) {
        s.slack += m.weight;
        s.cost = add_costs(s.cost, m.cost);
      }
      const int128 here = potential(s);
      if ((lowest && here >= *lowest) || s.cost > most_ || !hopeful(s, i + 1)) {
        // A move that ends below the best is never lost here: hopeful counts what its slack costs.
        continue;
      }
      lowest = here;
      if (moved) {
        s.before = history_.add({s.before, m.item_class, m.weight < 0 ? 1 : -1});
        finish(s);
      }
      next_.push_back(s);
    }
    states_.swap(next_);
    most_states_ = (std::max)(most_states_, states_.size());
    return (i & 63U) != 0 || budget_.allows(history_.bytes() + 2 * states_.capacity() * sizeof(state));
  }

  regret<>& regret_;
  std::int64_t grain_;
  budget& budget_;
  int128 price_;
  std::vector<move> moves_;
  std::vector<double> rates_;
  std::vector<state> states_;
  std::vector<state> next_;
  move_history<Late> history_;
  std::int64_t least_ = endless;  // that was found
  std::int64_t most_ = endless;   // of what would be better
  std::uint32_t found_ = 0;
  std::int64_t window_edge_ = endless;
  std::size_t most_states_ = 0;
  bool cut_short_ = false;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
