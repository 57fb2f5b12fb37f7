// SPDX-License-Identifier: Apache-2.0
// A first feasible choice near the relaxed optimum: remove what is too much, then fill what is left.
#ifndef ESPALIER_KNAPSACK_DETAIL_ROUNDING_HPP
#define ESPALIER_KNAPSACK_DETAIL_ROUNDING_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/presolve.hpp>
#include <espalier/knapsack/detail/regret.hpp>

namespace espalier::inline v0::knapsack::detail {

/// Rounds k0, or another choice, to a feasible one.
template <class = void>  // so that it is compiled where it is used only
class rounding {
 public:
  rounding(regret<>& r, budget& b) : regret_(r), budget_(b), slack_(r.slack()), moves_(r.classes(), 0) {}

  /// @param start  moves from k0 to begin with, all in the windows.
  /// @return a feasible choice with its regret; none if the windows are too narrow to leave room.
  /// Complexity: O(turns x classes), a turn moves items of one class as long as they cost the same.
  [[nodiscard]] std::optional<choice> operator()(const std::vector<std::int64_t>& start) {
    for (std::size_t c = 0; c < start.size(); ++c) {
      change(c, start[c] < 0 ? -1 : 1, start[c] < 0 ? -start[c] : start[c]);
    }
    return (*this)();
  }
  /// The same from k0.
  [[nodiscard]] std::optional<choice> operator()() {
    while (const auto c = cheapest_removal()) {
      const auto weights = regret_.core().weights_of(*c);
      change(*c, -1, times(*c, -1, [&](std::size_t row) {
        return slack_[row] < 0 && weights[row] > 0 ? (-slack_[row] + weights[row] - 1) / weights[row] : std::int64_t{0};
      }));
    }
    if (std::any_of(slack_.begin(), slack_.end(), [](std::int64_t s) { return s < 0; })) {
      return std::nullopt;
    }
    while (const auto c = cheapest_addition()) {
      const auto weights = regret_.core().weights_of(*c);
      std::int64_t room = (std::numeric_limits<std::int64_t>::max)();
      for (std::size_t row = 0; row < slack_.size(); ++row) {
        room = weights[row] > 0 ? (std::min)(room, slack_[row] / weights[row]) : room;
      }
      // With several rows, half of what fits: the rest may be better aligned with what that leaves.
      const std::int64_t most = slack_.size() == 1 ? room : (room + 1) / 2;
      change(*c, 1, times(*c, 1, [&](std::size_t) { return most; }));
    }
    std::int64_t cost = 0;
    for (std::size_t row = 0; row < slack_.size(); ++row) {
      cost = add_costs(cost, regret_.slack_cost(row, slack_[row]));
    }
    for (std::size_t c = 0; c < moves_.size(); ++c) {
      cost = add_costs(cost, regret_.cost(c, moves_[c]));
    }
    return choice{moves_, cost};
  }

 private:
  [[nodiscard]] std::int64_t step(std::size_t c, std::int64_t direction) {
    const std::int64_t after = regret_.cost(c, moves_[c] + direction);
    return after >= endless ? endless : after - regret_.cost(c, moves_[c]);
  }

  /// How often a move may be repeated at the same cost, at most as often as one row asks for, at least once.
  template <class Wanted>
  [[nodiscard]] std::int64_t times(std::size_t c, std::int64_t direction, Wanted&& wanted) {
    std::int64_t most = 1;
    for (std::size_t row = 0; row < slack_.size(); ++row) {
      most = (std::max)(most, wanted(row));
    }
    const std::int64_t first = step(c, direction);
    std::int64_t count = 1;
    while (count < most) {
      budget_.keep_going(static_cast<std::size_t>(count));
      const std::int64_t before = regret_.cost(c, moves_[c] + count * direction);
      const std::int64_t after = regret_.cost(c, moves_[c] + (count + 1) * direction);
      if (after >= endless || after - before != first) {
        break;
      }
      ++count;
    }
    return count;
  }

  void change(std::size_t c, std::int64_t direction, std::int64_t count) {
    budget_.keep_going();
    moves_[c] += direction * count;
    for (std::size_t r = 0; r < slack_.size(); ++r) {
      slack_[r] -= direction * count * regret_.core().weights_of(c)[r];
    }
  }

  /// The class whose next item costs least for each unit that is missing; none if nothing is missing, or to remove.
  [[nodiscard]] std::optional<std::size_t> cheapest_removal() {
    std::optional<std::size_t> best;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < moves_.size(); ++c) {
      double useful = 0;
      for (std::size_t r = 0; r < slack_.size(); ++r) {
        if (slack_[r] < 0) {
          useful += static_cast<double>((std::min)(-slack_[r], regret_.core().weights_of(c)[r])) /
                    static_cast<double>(-slack_[r]);
        }
      }
      if (useful > 0) {
        const std::int64_t cost = step(c, -1);
        if (cost < endless && (!best || static_cast<double>(cost) / useful < least)) {
          least = static_cast<double>(cost) / useful;
          best = c;
        }
      }
    }
    return best;
  }

  /// How evenly an item takes from what is left of the rows: 1 if it leaves none of them over, less otherwise.
  [[nodiscard]] double alignment(std::span<const std::int64_t> weights) const noexcept {
    double sum = 0;
    double most = 0;
    for (std::size_t row = 0; row < slack_.size(); ++row) {
      const double part = weights[row] == 0 ? 0 : static_cast<double>(weights[row]) / static_cast<double>(slack_[row]);
      sum += part;
      most = (std::max)(most, part);
    }
    return most > 0 ? sum / (most * static_cast<double>(slack_.size())) : 1;
  }

  /// The class whose next item fits and adds the least regret, among equal ones the most even; none if nothing fits.
  [[nodiscard]] std::optional<std::size_t> cheapest_addition() {
    std::optional<std::size_t> best;
    std::int64_t least = endless;
    double even = 0;
    for (std::size_t c = 0; c < moves_.size(); ++c) {
      const auto weights = regret_.core().weights_of(c);
      if (fits_in(weights, slack_)) {
        const std::int64_t cost = step(c, 1);
        if (cost < endless && (cost < least || (cost == least && alignment(weights) > even))) {
          least = cost;
          even = alignment(weights);
          best = c;
        }
      }
    }
    return best;
  }

  regret<>& regret_;
  budget& budget_;
  std::vector<std::int64_t> slack_;
  std::vector<std::int64_t> moves_;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
