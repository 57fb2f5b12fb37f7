// SPDX-License-Identifier: Apache-2.0
// Partial choices of the search: the cheapest one for each remainder, found by hashing.
#ifndef ESPALIER_KNAPSACK_DETAIL_STATES_HPP
#define ESPALIER_KNAPSACK_DETAIL_STATES_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <espalier/knapsack/detail/budget.hpp>

namespace espalier::inline v0::knapsack::detail {

/// How a partial choice came about: a list that shares its tails. Moves of 0 leave no trace.
template <class = void>  // so that it is compiled where it is used only
class move_history {
 public:
  struct step {
    std::uint32_t before = 0;  ///< step + 1; 0: the beginning
    std::uint32_t column = 0;
    std::int64_t moves = 0;
  };

  [[nodiscard]] std::uint32_t add(const step& s) {
    steps_.push_back(s);
    return static_cast<std::uint32_t>(steps_.size());
  }
  [[nodiscard]] const step& operator[](std::uint32_t number) const noexcept { return steps_[number - 1]; }
  [[nodiscard]] std::size_t size() const noexcept { return steps_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return steps_.size() * sizeof(step); }

 private:
  std::vector<step> steps_;
};

/// Partial choices after the same columns.
template <class Late = void>  // so that it is compiled where it is used only
class state_layer {
 public:
  /// What reaches a remainder.
  struct arrival {
    std::int64_t cost = 0;
    std::uint32_t before = 0;  ///< history of the choice that it extends
    std::int32_t moves = 0;    ///< of the column that extends it; 0: none
  };

  /// @param b  looked at wherever all states are walked through; then the layer is of no more use.
  state_layer(std::size_t rows, budget& b) : budget_(&b), rows_(rows), table_(64, 0) {}

  [[nodiscard]] std::size_t size() const noexcept { return arrivals_.size(); }
  [[nodiscard]] const std::int64_t* place(std::size_t state) const noexcept { return &places_[state * rows_]; }
  [[nodiscard]] const arrival& operator[](std::size_t state) const noexcept { return arrivals_[state]; }
  [[nodiscard]] std::size_t bytes() const noexcept {
    return arrivals_.size() * (rows_ * sizeof(std::int64_t) + sizeof(arrival)) + table_.size() * sizeof(std::uint32_t);
  }

  /// The least cost known at a place; none if there is no state.
  [[nodiscard]] std::optional<std::int64_t> cost_at(const std::int64_t* place) const noexcept {
    const std::uint32_t state = table_[find(place)];
    return state == 0 ? std::nullopt : std::optional(arrivals_[state - 1].cost);
  }

  /// Adds a state or makes the one at the same place cheaper.
  /// @return its number.
  std::uint32_t insert(const std::int64_t* place, const arrival& a) {
    if (2 * (arrivals_.size() + 1) > table_.size()) {
      rehash();
    }
    const std::size_t slot = find(place);
    if (table_[slot] == 0) {
      places_.insert(places_.end(), place, place + rows_);
      arrivals_.push_back(a);
      table_[slot] = static_cast<std::uint32_t>(arrivals_.size());
    } else if (arrival& known = arrivals_[table_[slot] - 1]; a.cost < known.cost) {
      known = a;
    }
    return table_[slot] - 1;
  }

  /// Writes the last moves of all states into the history, once it is clear which arrivals are the cheapest.
  void settle(std::uint32_t column, move_history<Late>& history) {
    for (std::size_t state = 0; state < arrivals_.size(); ++state) {
      budget_->keep_going(state);
      if (arrival& a = arrivals_[state]; a.moves != 0) {
        a.before = history.add({a.before, column, a.moves});
        a.moves = 0;
      }
    }
  }

  /// Keeps the listed states, in that order.
  void keep(const std::vector<std::uint32_t>& states) {
    state_layer kept(rows_, *budget_);
    for (const std::uint32_t state : states) {
      kept.insert(place(state), arrivals_[state]);
    }
    *this = std::move(kept);
  }

 private:
  /// std::equal would call memcmp, which takes longer than one or two comparisons.
  [[nodiscard]] bool equal(const std::int64_t* a, const std::int64_t* b) const noexcept {
    std::size_t row = 0;
    while (row < rows_ && a[row] == b[row]) {
      ++row;
    }
    return row == rows_;
  }
  [[nodiscard]] std::size_t find(const std::int64_t* place) const noexcept {
    std::uint64_t hash = 0;
    for (std::size_t row = 0; row < rows_; ++row) {
      hash = (hash ^ static_cast<std::uint64_t>(place[row])) * 0x9E3779B97F4A7C15U;
      hash ^= hash >> 32U;
    }
    std::size_t slot = static_cast<std::size_t>(hash) & (table_.size() - 1);
    while (table_[slot] != 0 && !equal(place, &places_[(table_[slot] - 1) * rows_])) {
      slot = (slot + 1) & (table_.size() - 1);
    }
    return slot;
  }
  void rehash() {
    table_.assign(2 * table_.size(), 0);
    for (std::size_t state = 0; state < arrivals_.size(); ++state) {
      budget_->keep_going(state);
      table_[find(place(state))] = static_cast<std::uint32_t>(state + 1);
    }
  }

  budget* budget_;
  std::size_t rows_;
  std::vector<std::int64_t> places_;
  std::vector<arrival> arrivals_;
  std::vector<std::uint32_t> table_;  // open addressing; 0 is empty, else state + 1
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
