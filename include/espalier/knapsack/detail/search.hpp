// SPDX-License-Identifier: Apache-2.0
// Finds the choice of least regret within a limit: column by column from both ends, meeting in the middle.
#ifndef ESPALIER_KNAPSACK_DETAIL_SEARCH_HPP
#define ESPALIER_KNAPSACK_DETAIL_SEARCH_HPP

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/columns.hpp>
#include <espalier/knapsack/detail/completion.hpp>
#include <espalier/knapsack/detail/regret.hpp>
#include <espalier/knapsack/detail/sorting.hpp>
#include <espalier/knapsack/detail/states.hpp>

namespace espalier::inline v0::knapsack::detail {

/// How much one pass may take.
struct pass_limits {
  std::int64_t regret = 0;               ///< choices of more regret are not looked at
  std::size_t width = 0;                 ///< > 0: from one end only, with so many states, the most promising
  std::size_t states = ~std::size_t{0};  ///< of a layer; with more the pass is given up
  std::int64_t effort = 1 << 14;         ///< for tables that prune
};

/// One pass of the search.
///
/// For a column of single moves, the choice that is found holds the number of the move, from 1.
///
/// A state is what the columns so far have left to take, in basis coordinates. The left side begins with all that is to
/// be taken and the first column, the right side with nothing and the last one; whichever has fewer states goes on.
/// Where they meet, a pair of states fits if their places differ by D times moves that the basic columns can make.
/// @tparam Late  nothing, but what depends on it is compiled where there is something to search only.
template <class Late = void>
class search {
 public:
  /// @param moving  the columns that are not slack, with their moves up to the limit.
  search(search_terms terms, std::vector<column> moving, const pass_limits& limits, budget& b)
      : limits_(limits), budget_(b), columns_(std::move(terms), std::move(moving), limits.regret) {}

  /// Whether finding nothing proves nothing: a limit was reached, or states were dropped.
  [[nodiscard]] bool cut_short() const noexcept { return cut_short_; }
  /// The most states that a side had.
  [[nodiscard]] std::size_t most_states() const noexcept { return most_states_; }

  /// @return the choice of least regret within the limit; none if there is none.
  [[nodiscard]] std::optional<choice> operator()() {
    try {
      return columns_.overflow() ? give_up() : look_from_both_ends();
    } catch (const interrupted&) {
      return give_up();
    }
  }

 private:
  [[nodiscard]] std::optional<choice> give_up() {
    cut_short_ = true;
    return std::nullopt;
  }

  [[nodiscard]] std::optional<choice> look_from_both_ends() {
    const std::size_t rows = columns_.rows();
    const std::size_t count = columns_.free().size();
    const completion<Late> after(columns_, limits_.regret, false, limits_.effort);
    const bool both = limits_.width == 0 && count > 1;
    const std::optional<completion<Late>> before =
        both ? std::optional<completion<Late>>(std::in_place, columns_, limits_.regret, true, limits_.effort)
             : std::nullopt;
    state_layer<Late> left(rows, budget_);
    state_layer<Late> right(rows, budget_);
    if (after.possible(0, columns_.start().data(), 0)) {
      left.insert(columns_.start().data(), {});
    }
    const std::vector<std::int64_t> nothing(rows, 0);
    right.insert(nothing.data(), {});
    std::size_t first = 0;
    std::size_t last = count;
    while (first < last && left.size() > 0 && right.size() > 0) {
      const bool go_left = !both || left.size() <= right.size();
      if (!(go_left ? extend_left(left, first, after) : extend_right(right, last - 1, *before))) {
        return give_up();
      }
      go_left ? ++first : --last;
      most_states_ = (std::max)({most_states_, left.size(), right.size()});
    }
    return meet(left, right);
  }

  /// A free column, and whether its moves are taken from places (-1) or added to them (1).
  struct extension {
    std::size_t number;
    std::int64_t sign;
  };

  /// Tries every move of a column on every state.
  template <class Possible, class Shrink>
  [[nodiscard]] bool extend(state_layer<Late>& layer, const extension& e, Possible&& possible, Shrink&& shrink) {
    const column& c = columns_.free()[e.number];
    state_layer<Late> next(columns_.rows(), budget_);
    std::vector<std::int64_t> place(columns_.rows());
    const auto walk = [&](std::size_t state, std::span<const std::int64_t> costs, std::int64_t direction) {
      std::copy_n(layer.place(state), place.size(), place.begin());
      for (std::size_t d = 0; d < costs.size(); ++d) {
        for (std::size_t j = 0; j < place.size(); ++j) {
          place[j] += e.sign * direction * c.coordinates[j];
        }
        const std::int64_t cost = layer[state].cost + costs[d];
        if (cost > limits_.regret) {
          break;
        }
        if (!budget_.spend()) {
          return false;
        }
        // Where another state was before at no higher cost, that one goes on in the same way for less: phi is convex.
        const auto known = costs.size() > 2 ? layer.cost_at(place.data()) : std::nullopt;
        if (known && *known <= cost) {
          break;
        }
        if (possible(place.data(), cost)) {
          const auto moves = static_cast<std::int32_t>(direction * static_cast<std::int64_t>(d + 1));
          next.insert(place.data(), {cost, layer[state].before, moves});
        }
      }
      return true;
    };
    const auto jump = [&](std::size_t state) {
      for (std::size_t k = 0; k < c.singles.size(); ++k) {
        const std::int64_t cost = layer[state].cost + c.singles[k].cost;
        for (std::size_t j = 0; j < place.size(); ++j) {
          place[j] = layer.place(state)[j] + e.sign * c.singles[k].coordinates[j];
        }
        if (!budget_.spend()) {
          return false;
        }
        if (cost <= limits_.regret && possible(place.data(), cost)) {
          next.insert(place.data(), {cost, layer[state].before, static_cast<std::int32_t>(k + 1)});
        }
      }
      return true;
    };
    for (std::size_t state = 0; state < layer.size(); ++state) {
      if (!budget_.spend()) {
        return false;
      }
      if (possible(layer.place(state), layer[state].cost)) {
        next.insert(layer.place(state), layer[state]);
      }
      if (!walk(state, c.up, 1) || !walk(state, c.down, -1) || !jump(state)) {
        return false;
      }
      if (next.size() > limits_.states) {
        return false;
      }
      if (limits_.width > 0 && next.size() > 64 * limits_.width) {
        cut_short_ = true;
        shrink(next);
      }
    }
    if (!budget_.allows(history_.bytes() + layer.bytes() + 2 * next.bytes())) {
      return false;
    }
    layer = std::move(next);
    return true;
  }

  [[nodiscard]] bool extend_left(state_layer<Late>& left, std::size_t number, const completion<Late>& after) {
    const bool good = extend(
        left, {number, -1},
        [&](const std::int64_t* place, std::int64_t cost) { return after.possible(number + 1, place, cost); },
        [&](state_layer<Late>& layer) { narrow(layer, number + 1, after); });
    if (good && limits_.width > 0 && left.size() > limits_.width) {
      cut_short_ = true;
      narrow(left, number + 1, after);
    }
    left.settle(static_cast<std::uint32_t>(number), history_);
    return good;
  }

  [[nodiscard]] bool extend_right(state_layer<Late>& right, std::size_t number, const completion<Late>& before) {
    std::vector<std::int64_t> rest(columns_.rows());
    const auto possible = [&](const std::int64_t* place, std::int64_t cost) {
      for (std::size_t j = 0; j < rest.size(); ++j) {
        rest[j] = columns_.start()[j] - place[j];
      }
      return before.possible(number, rest.data(), cost);
    };
    const bool good = extend(right, {number, 1}, possible, [](state_layer<Late>&) {});
    right.settle(static_cast<std::uint32_t>(number), history_);
    return good;
  }

  /// Keeps the states of the least cost with what they must still cost.
  void narrow(state_layer<Late>& layer, std::size_t number, const completion<Late>& after) const {
    std::vector<std::int64_t> keys;
    for (std::size_t state = 0; state < layer.size(); ++state) {
      budget_.keep_going(state);
      keys.push_back(add_costs(layer[state].cost, after(number, layer.place(state))));
    }
    std::vector<std::uint32_t> best = order_of(keys);
    best.resize(limits_.width);
    layer.keep(best);
  }

  [[nodiscard]] static std::int64_t floor_div(std::int64_t a, std::int64_t b) noexcept {
    return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
  }
  [[nodiscard]] static std::uint64_t mix(std::uint64_t hash, std::int64_t number) noexcept {
    hash = (hash ^ static_cast<std::uint64_t>(number)) * 0x9E3779B97F4A7C15U;
    return hash ^ (hash >> 29U);
  }

  /// The best pair. Pairs are found by hashing the cells of the right side and looking into two per coordinate.
  [[nodiscard]] std::optional<choice> meet(const state_layer<Late>& left, const state_layer<Late>& right) {
    const std::size_t rows = columns_.rows();
    const std::int64_t modulus = columns_.denominator();
    const std::size_t cells = (std::min)(rows, std::size_t{4});  // coordinates that are hashed by cell
    std::vector<std::int64_t> length(rows);                      // of a cell
    for (std::size_t j = 0; j < rows; ++j) {
      const int128 span = int128{modulus} * (int128{columns_.most_moves(j, true)} + columns_.most_moves(j, false) + 1);
      length[j] = saturated(span);
    }
    const auto remainder = [&](const std::int64_t* place) {
      std::uint64_t hash = 0;
      for (std::size_t j = 0; j < rows; ++j) {
        const std::int64_t rest = place[j] % modulus;
        hash = mix(hash, rest < 0 ? rest + modulus : rest);
      }
      return hash;
    };
    std::vector<std::pair<std::uint64_t, std::uint32_t>> hashed;
    for (std::size_t state = 0; state < right.size(); ++state) {
      budget_.keep_going(state);
      std::uint64_t hash = remainder(right.place(state));
      for (std::size_t j = 0; j < cells; ++j) {
        hash = mix(hash, floor_div(right.place(state)[j], length[j]));
      }
      hashed.emplace_back(hash, static_cast<std::uint32_t>(state));
    }
    const hashed_states bucket(hashed, right, budget_);
    pair_of_states best;
    for (std::size_t state = 0; state < left.size(); ++state) {
      budget_.keep_going(state);
      const std::uint64_t base = remainder(left.place(state));
      for (std::size_t corner = 0; corner < std::size_t{1} << cells; ++corner) {
        std::uint64_t hash = base;
        bool distinct = true;
        for (std::size_t j = 0; j < cells; ++j) {
          const std::int64_t z = left.place(state)[j];
          // Right places lie from z - D up to z + D down, a cell's length at most.
          const std::int64_t low = floor_div(z - modulus * bounded_moves(j, true), length[j]);
          const std::int64_t high = floor_div(z + modulus * bounded_moves(j, false), length[j]);
          distinct = distinct && ((corner >> j & 1U) == 0 || high != low);
          hash = mix(hash, (corner >> j & 1U) == 0 ? low : high);
        }
        if (distinct && !look(left, right, state, hash, bucket, best)) {
          cut_short_ = true;
          return complete(left, right, best);
        }
      }
    }
    return complete(left, right, best);
  }

  /// States by hash, the cheap ones first among equals, so that a dear pair ends the look into a cell.
  class hashed_states {
   public:
    hashed_states(const std::vector<std::pair<std::uint64_t, std::uint32_t>>& states, const state_layer<Late>& layer,
                  budget& b)
        : states_(states.size()) {
      // As many slots as states or twice as many: what shares its leading bits is sorted in no time.
      const auto bits = static_cast<unsigned>(std::bit_width(states.size()) + 1);
      shift_ = 64U - bits;
      first_.assign((std::size_t{1} << bits) + 1, 0);
      for (std::size_t i = 0; i < states.size(); ++i) {
        b.keep_going(i);
        ++first_[static_cast<std::size_t>(states[i].first >> shift_) + 1];
      }
      std::partial_sum(first_.begin(), first_.end(), first_.begin());
      std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
      for (std::size_t i = 0; i < states.size(); ++i) {
        b.keep_going(i);
        states_[next[static_cast<std::size_t>(states[i].first >> shift_)]++] = states[i];
      }
      const auto at = [this](std::uint32_t place) { return states_.begin() + static_cast<std::ptrdiff_t>(place); };
      for (std::size_t slot = 0; slot + 1 < first_.size(); ++slot) {
        b.keep_going(slot);
        if (first_[slot + 1] > first_[slot] + 1) {
          std::sort(at(first_[slot]), at(first_[slot + 1]), [&](const auto& one, const auto& other) {
            return one.first != other.first ? one.first < other.first
                                            : std::pair(layer[one.second].cost, one.second) <
                                                  std::pair(layer[other.second].cost, other.second);
          });
        }
      }
    }
    /// The states with this hash.
    [[nodiscard]] std::span<const std::pair<std::uint64_t, std::uint32_t>> find(std::uint64_t hash) const noexcept {
      std::size_t begin = first_[static_cast<std::size_t>(hash >> shift_)];
      while (begin < states_.size() && states_[begin].first < hash) {
        ++begin;
      }
      std::size_t end = begin;
      while (end < states_.size() && states_[end].first == hash) {
        ++end;
      }
      return std::span(states_).subspan(begin, end - begin);
    }

   private:
    std::vector<std::pair<std::uint64_t, std::uint32_t>> states_;
    std::vector<std::uint32_t> first_;  // by the leading bits of the hash
    unsigned shift_ = 0;
  };

  struct pair_of_states {
    std::size_t left = 0;
    std::size_t right = 0;
    std::int64_t cost = endless;
  };

  [[nodiscard]] std::int64_t bounded_moves(std::size_t j, bool up) const noexcept {
    return (std::min)(columns_.most_moves(j, up), (std::int64_t{1} << 61U) / columns_.denominator());
  }

  /// Looks through one cell of the right side.
  [[nodiscard]] bool look(const state_layer<Late>& left, const state_layer<Late>& right, std::size_t state,
                          std::uint64_t hash, const hashed_states& bucket, pair_of_states& best) {
    for (const auto& candidate : bucket.find(hash)) {
      if (!budget_.spend()) {
        return false;
      }
      std::int64_t cost = left[state].cost + right[candidate.second].cost;
      if (cost > limits_.regret || cost >= best.cost) {
        break;
      }
      for (std::size_t j = 0; j < columns_.rows() && cost < endless; ++j) {
        const std::int64_t z = left.place(state)[j] - right.place(candidate.second)[j];
        const std::int64_t d = z / columns_.denominator();
        cost = z % columns_.denominator() != 0 ? endless : add_costs(cost, columns_.basic_cost(j, d));
      }
      if (cost <= limits_.regret && cost < best.cost) {
        best = {state, candidate.second, cost};
      }
    }
    return true;
  }

  [[nodiscard]] std::optional<choice> complete(const state_layer<Late>& left, const state_layer<Late>& right,
                                               const pair_of_states& best) const {
    if (best.cost >= endless) {
      return std::nullopt;
    }
    choice result{std::vector<std::int64_t>(columns_.terms().classes, 0), best.cost};
    const auto add = [&](std::size_t column, std::int64_t moves) {
      if (column < result.moves.size()) {
        result.moves[column] += moves;
      }
    };
    for (std::uint32_t at : {left[best.left].before, right[best.right].before}) {
      for (; at != 0; at = history_[at].before) {
        add(columns_.free()[history_[at].column].number, history_[at].moves);
      }
    }
    for (std::size_t j = 0; j < columns_.rows(); ++j) {
      const std::int64_t z = left.place(best.left)[j] - right.place(best.right)[j];
      add(columns_.basic()[j].number, z / columns_.denominator());
    }
    return result;
  }

  pass_limits limits_;
  budget& budget_;
  columns<Late> columns_;
  move_history<Late> history_;
  bool cut_short_ = false;
  std::size_t most_states_ = 0;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
