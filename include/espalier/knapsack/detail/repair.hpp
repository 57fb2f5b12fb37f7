// SPDX-License-Identifier: Apache-2.0
// A better choice near a known one, an item at a time: what closes plateaus, where many items are worth their price.
#ifndef ESPALIER_KNAPSACK_DETAIL_REPAIR_HPP
#define ESPALIER_KNAPSACK_DETAIL_REPAIR_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/regret.hpp>
#include <espalier/knapsack/detail/states.hpp>

namespace espalier::inline v0::knapsack::detail {

/// A shortest way over the slacks that single items lead to, the cheapest first.
///
/// The items in which two choices differ can be moved in an order that never strays further from the straight way than
/// rows x largest weight in any row. So few slacks have to be looked at, as many items as there may be; here those
/// within the largest weight. It is no proof: ways of many items are looked at one item at a time, and not all of them.
/// Source: the Steinitz lemma as in Eisenbrand and Weismantel 2020, "Proximity results and faster algorithms for
/// integer programming using the Steinitz lemma".
template <class Late = void>  // so that it is compiled where there is something to search only
class repair {
 public:
  repair(regret<>& r, budget& b) : regret_(r), budget_(b), known_(r.rows(), b) {}

  /// @param from    a feasible choice of a regret below endless.
  /// @param enough  a regret at which to stop.
  /// @return a feasible choice of less regret; none if none was found.
  [[nodiscard]] std::optional<choice> operator()(const choice& from, std::int64_t enough) {
    best_ = from.cost;
    start(from);
    const std::uint64_t last = budget_.work() + most_steps;
    while (!queue_.empty() && best_ > enough && budget_.work() < last) {
      std::pop_heap(queue_.begin(), queue_.end(), dearer);
      const auto [cost, distance, state] = queue_.back();
      queue_.pop_back();
      if (cost != known_[state].cost) {
        continue;  // there was a cheaper way
      }
      place_.assign(known_.place(state), known_.place(state) + regret_.rows());
      moves_ = from.moves;
      for (std::uint32_t at = known_[state].before; at != 0; at = history_[at].before) {
        moves_[history_[at].column] += history_[at].moves;
      }
      finish(cost);
      if (!step(cost, known_[state].before)) {
        break;
      }
    }
    return best_ < from.cost ? std::optional(choice{found_, best_}) : std::nullopt;
  }

 private:
  static constexpr std::uint64_t most_steps = 1 << 17;

  /// Among the cheapest ways, the one nearest to no slack goes on first.
  struct arrival {
    std::int64_t cost;
    std::int64_t distance;
    std::uint32_t state;
  };
  [[nodiscard]] static bool dearer(const arrival& a, const arrival& b) noexcept {
    return a.cost != b.cost ? a.cost > b.cost : a.distance != b.distance ? a.distance > b.distance : a.state > b.state;
  }

  void start(const choice& from) {
    place_ = regret_.slack();
    std::int64_t cost = from.cost;
    for (std::size_t row = 0; row < place_.size(); ++row) {
      std::int64_t largest = 0;
      for (std::size_t c = 0; c < regret_.classes(); ++c) {
        const std::int64_t weight = regret_.core().weights_of(c)[row];
        place_[row] -= weight * from.moves[c];
        largest = (std::max)(largest, weight);
      }
      cost -= regret_.slack_cost(row, place_[row]);
      least_slack_.push_back(-largest);
      most_slack_.push_back(place_[row] + largest);
    }
    queue_.push_back({cost, 0, known_.insert(place_.data(), {cost, 0, 0})});
  }

  /// Remembers the choice at hand if it is feasible and the best so far.
  void finish(std::int64_t cost) {
    for (std::size_t row = 0; row < place_.size(); ++row) {
      cost = place_[row] < 0 ? endless : add_costs(cost, regret_.slack_cost(row, place_[row]));
    }
    if (cost < best_) {
      best_ = cost;
      found_ = moves_;
    }
  }

  /// Tries an item more and an item less of every class. False if the budget is spent.
  [[nodiscard]] bool step(std::int64_t cost, std::uint32_t before) {
    for (std::size_t c = 0; c < regret_.classes(); ++c) {
      for (const std::int64_t direction : {1, -1}) {
        const std::int64_t after = regret_.cost(c, moves_[c] + direction);
        const std::int64_t total = cost - regret_.cost(c, moves_[c]) + after;
        if (!budget_.spend()) {
          return false;
        }
        if (after < endless && total < best_ && shift(c, direction)) {
          arrive(total, {before, static_cast<std::uint32_t>(c), direction});
        }
      }
    }
    return true;
  }

  /// Computes where a step leads. False if that is too far off.
  [[nodiscard]] bool shift(std::size_t c, std::int64_t direction) {
    const auto weights = regret_.core().weights_of(c);
    next_ = place_;
    bool near = true;
    for (std::size_t row = 0; row < next_.size(); ++row) {
      next_[row] -= direction * weights[row];
      near = near && next_[row] >= least_slack_[row] && next_[row] <= most_slack_[row];
    }
    return near;
  }

  /// What the slack is worth, missing slack too.
  [[nodiscard]] std::int64_t distance_of(const std::vector<std::int64_t>& place) const noexcept {
    std::int64_t sum = 0;
    for (std::size_t row = 0; row < place.size(); ++row) {
      sum = add_costs(sum, regret_.slack_cost(row, place[row] < 0 ? -place[row] : place[row]));
    }
    return sum;
  }

  void arrive(std::int64_t cost, const typename move_history<Late>::step& s) {
    const auto known = known_.cost_at(next_.data());
    if (!known || cost < *known) {
      const std::uint32_t state = known_.insert(next_.data(), {cost, history_.add(s), 0});
      queue_.push_back({cost, distance_of(next_), state});
      std::push_heap(queue_.begin(), queue_.end(), dearer);
    }
  }

  regret<>& regret_;
  budget& budget_;
  state_layer<Late> known_;
  move_history<Late> history_;
  std::vector<arrival> queue_;             // a heap, the cheapest first
  std::vector<std::int64_t> least_slack_;  // per row
  std::vector<std::int64_t> most_slack_;
  std::vector<std::int64_t> place_;  // the slack at hand
  std::vector<std::int64_t> next_;
  std::vector<std::int64_t> moves_;
  std::vector<std::int64_t> found_;
  std::int64_t best_ = endless;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
