// SPDX-License-Identifier: Apache-2.0
// Finds the choice of least regret, class by class, over the slacks that partial choices leave.
#ifndef ESPALIER_KNAPSACK_DETAIL_SEARCH_HPP
#define ESPALIER_KNAPSACK_DETAIL_SEARCH_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <espalier/knapsack/detail/regret.hpp>
#include <espalier/knapsack/solve_options.hpp>

namespace espalier::inline v0::knapsack::detail {

/// A complete choice: how many items more than k0 each class keeps.
struct choice {
  std::vector<std::int64_t> moves;
  int128 cost = 0;  ///< its regret
};

/// Partial choices after the same classes, one for each slack, the cheapest; found by hashing the slack.
class layer_of_states {
 public:
  explicit layer_of_states(std::size_t rows) : rows_(rows), table_(16, 0) {}

  [[nodiscard]] std::size_t size() const noexcept { return cost_.size(); }
  [[nodiscard]] const std::int64_t* slack(std::size_t state) const noexcept { return &slack_[state * rows_]; }
  [[nodiscard]] int128 cost(std::size_t state) const noexcept { return cost_[state]; }
  [[nodiscard]] std::uint32_t parent(std::size_t state) const noexcept { return parent_[state]; }
  [[nodiscard]] std::int64_t move(std::size_t state) const noexcept { return move_[state]; }
  [[nodiscard]] std::size_t bytes() const noexcept {
    return cost_.size() *
               (rows_ * sizeof(std::int64_t) + sizeof(int128) + sizeof(std::uint32_t) + sizeof(std::int64_t)) +
           table_.size() * sizeof(std::uint32_t);
  }

  /// Adds a state or makes the one with the same slack cheaper.
  void insert(const std::int64_t* slack, int128 cost, std::uint32_t parent, std::int64_t move) {
    if (2 * (cost_.size() + 1) > table_.size()) {
      rehash(2 * table_.size());
    }
    const std::size_t place = find(slack);
    if (table_[place] == 0) {
      slack_.insert(slack_.end(), slack, slack + rows_);
      cost_.push_back(cost);
      parent_.push_back(parent);
      move_.push_back(move);
      table_[place] = static_cast<std::uint32_t>(cost_.size());
    } else if (const std::size_t state = table_[place] - 1; cost < cost_[state]) {
      cost_[state] = cost;
      parent_[state] = parent;
      move_[state] = move;
    }
  }

  /// Keeps the states whose number is listed, in that order.
  void keep(const std::vector<std::uint32_t>& states) {
    layer_of_states kept(rows_);
    for (const std::uint32_t state : states) {
      kept.insert(slack(state), cost_[state], parent_[state], move_[state]);
    }
    *this = std::move(kept);
  }

 private:
  [[nodiscard]] std::size_t find(const std::int64_t* slack) const noexcept {
    std::uint64_t hash = 0;
    for (std::size_t row = 0; row < rows_; ++row) {
      hash = (hash ^ static_cast<std::uint64_t>(slack[row])) * 0x9E3779B97F4A7C15U;
      hash ^= hash >> 32U;
    }
    std::size_t place = static_cast<std::size_t>(hash) & (table_.size() - 1);
    while (table_[place] != 0 && !std::equal(slack, slack + rows_, &slack_[(table_[place] - 1) * rows_])) {
      place = (place + 1) & (table_.size() - 1);
    }
    return place;
  }

  void rehash(std::size_t size) {
    table_.assign(size, 0);
    for (std::size_t state = 0; state < cost_.size(); ++state) {
      table_[find(slack(state))] = static_cast<std::uint32_t>(state + 1);
    }
  }

  std::size_t rows_;
  std::vector<std::int64_t> slack_;
  std::vector<int128> cost_;
  std::vector<std::uint32_t> parent_;
  std::vector<std::int64_t> move_;
  std::vector<std::uint32_t> table_;  // open addressing; 0 is empty, else state + 1
};

/// How much one pass may take.
struct pass_limits {
  int128 regret = 0;      ///< choices of more regret are not looked at
  std::size_t width = 0;  ///< states kept after each class, the most promising; 0: all
};

/// Dynamic programming over slacks, class after class, within a regret limit.
class search {
 public:
  search(const regret& r, const solve_options& options) : regret_(r), completion_(r), options_(options) {}

  /// Whether a limit or a stop request ended the last pass early, so that finding nothing proves nothing.
  [[nodiscard]] bool cut_short() const noexcept { return cut_short_; }
  /// Whether no further pass should be begun.
  [[nodiscard]] bool exhausted() const noexcept { return exhausted_; }
  /// Partial choices tried so far.
  [[nodiscard]] std::uint64_t work() const noexcept { return work_; }

  /// @return the choice of least regret within the limit; none if there is none.
  [[nodiscard]] std::optional<choice> pass(const pass_limits& limits) {
    cut_short_ = false;
    layers_.assign(1, layer_of_states(regret_.prices().size()));
    layers_.front().insert(regret_.slack().data(), 0, 0, 0);
    std::size_t bytes = 0;
    for (std::size_t place = 0; place < completion_.order().size(); ++place) {
      layers_.emplace_back(regret_.prices().size());
      if (!expand(place, limits, bytes)) {
        cut_short_ = exhausted_ = true;
        return std::nullopt;
      }
      if (limits.width != 0 && layers_.back().size() > limits.width) {
        cut_short_ = true;
        narrow(place + 1, limits.width);
      }
      bytes += layers_.back().bytes();
    }
    return best_complete(limits);
  }

 private:
  /// Tries every move of one class on every state. False if a limit is reached.
  [[nodiscard]] bool expand(std::size_t place, const pass_limits& limits, std::size_t bytes_before) {
    const layer_of_states& from = layers_[place];
    for (std::size_t state = 0; state < from.size(); ++state) {
      const bool good = walk(place, state, 1, limits) && walk(place, state, -1, limits);
      if (!good || bytes_before + layers_[place + 1].bytes() > options_.memory_limit) {
        return false;
      }
    }
    return true;
  }

  /// Moves in one direction, the cheapest first, until they cost too much.
  [[nodiscard]] bool walk(std::size_t place, std::size_t state, std::int64_t direction, const pass_limits& limits) {
    const std::size_t c = completion_.order()[place];
    const auto& weights = regret_.core().classes[c].weights;
    const layer_of_states& from = layers_[place];
    std::vector<std::int64_t>& slack = scratch_;
    slack.assign(from.slack(state), from.slack(state) + weights.size());
    for (std::int64_t d = direction > 0 ? 0 : -1;; d += direction) {
      if (!regret_.can_move(c, d)) {
        return true;
      }
      if (d != 0) {
        for (std::size_t row = 0; row < weights.size(); ++row) {
          slack[row] -= direction * weights[row];
        }
      }
      const int128 cost = from.cost(state) + regret_.cost(c, d);
      if (cost > limits.regret) {
        return true;
      }
      if ((++work_ & 0xFFFU) == 0 && options_.stop.stop_requested()) {
        return false;
      }
      if (work_ > options_.work_limit) {
        return false;
      }
      if (static_cast<double>(cost) + completion_(place + 1, slack.data()) <=
          static_cast<double>(limits.regret) * above) {
        layers_[place + 1].insert(slack.data(), cost, static_cast<std::uint32_t>(state), d);
      }
    }
  }

  /// Keeps the states of the least cost with what they must still cost.
  void narrow(std::size_t place, std::size_t width) {
    layer_of_states& states = layers_.back();
    std::vector<std::pair<double, std::uint32_t>> ranked;
    for (std::size_t state = 0; state < states.size(); ++state) {
      ranked.emplace_back(static_cast<double>(states.cost(state)) + completion_(place, states.slack(state)),
                          static_cast<std::uint32_t>(state));
    }
    std::sort(ranked.begin(), ranked.end());
    std::vector<std::uint32_t> best;
    for (std::size_t i = 0; i < width; ++i) {
      best.push_back(ranked[i].second);
    }
    states.keep(best);
  }

  [[nodiscard]] std::optional<choice> best_complete(const pass_limits& limits) const {
    const layer_of_states& last = layers_.back();
    std::optional<std::size_t> best;
    int128 least = limits.regret + 1;
    for (std::size_t state = 0; state < last.size(); ++state) {
      const std::int64_t* slack = last.slack(state);
      const bool feasible = std::all_of(slack, slack + regret_.prices().size(), [](std::int64_t s) { return s >= 0; });
      const int128 total = last.cost(state) + regret_.slack_cost(slack);
      if (feasible && total < least) {
        least = total;
        best = state;
      }
    }
    if (!best) {
      return std::nullopt;
    }
    choice result{std::vector<std::int64_t>(completion_.order().size(), 0), least};
    std::size_t state = *best;
    for (std::size_t place = completion_.order().size(); place-- > 0;) {
      result.moves[completion_.order()[place]] = layers_[place + 1].move(state);
      state = layers_[place + 1].parent(state);
    }
    return result;
  }

  /// The conversion of 128 bits to double rounds; a state at the limit must not be lost.
  static constexpr double above = 1 + 1e-12;

  const regret& regret_;
  completion_bound completion_;
  const solve_options& options_;
  std::vector<layer_of_states> layers_;
  std::vector<std::int64_t> scratch_;
  std::uint64_t work_ = 0;
  bool cut_short_ = false;
  bool exhausted_ = false;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
