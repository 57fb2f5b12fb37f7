// SPDX-License-Identifier: Apache-2.0
// A first feasible choice near the relaxed optimum: remove what is too much, then fill what is left.
#ifndef ESPALIER_KNAPSACK_DETAIL_ROUNDING_HPP
#define ESPALIER_KNAPSACK_DETAIL_ROUNDING_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include <espalier/knapsack/detail/regret.hpp>
#include <espalier/knapsack/detail/search.hpp>

namespace espalier::inline v0::knapsack::detail {

/// Rounds k0 to a feasible choice.
class rounding {
 public:
  explicit rounding(const regret& r) : regret_(r), slack_(r.slack()), moves_(r.core().classes.size(), 0) {}

  /// @return a feasible choice with its regret.   Complexity: O(items moved x classes).
  [[nodiscard]] choice operator()() {
    while (const auto c = cheapest_removal()) {
      change(*c, -1);
    }
    while (const auto c = cheapest_addition()) {
      change(*c, 1);
    }
    int128 cost = regret_.slack_cost(slack_.data());
    for (std::size_t c = 0; c < moves_.size(); ++c) {
      cost += regret_.cost(c, moves_[c]);
    }
    return {moves_, cost};
  }

 private:
  void change(std::size_t c, std::int64_t direction) {
    moves_[c] += direction;
    for (std::size_t r = 0; r < slack_.size(); ++r) {
      slack_[r] -= direction * regret_.core().classes[c].weights[r];
    }
  }

  [[nodiscard]] double marginal(std::size_t c, std::int64_t direction) const {
    return static_cast<double>(regret_.cost(c, moves_[c] + direction) - regret_.cost(c, moves_[c]));
  }

  /// The class whose next item costs least for each unit that is missing; none if nothing is missing.
  [[nodiscard]] std::optional<std::size_t> cheapest_removal() const {
    std::optional<std::size_t> best;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < moves_.size(); ++c) {
      double useful = 0;
      for (std::size_t r = 0; r < slack_.size(); ++r) {
        if (slack_[r] < 0) {
          useful += static_cast<double>((std::min)(-slack_[r], regret_.core().classes[c].weights[r])) /
                    static_cast<double>(-slack_[r]);
        }
      }
      if (useful > 0 && regret_.can_move(c, moves_[c] - 1)) {
        const double rate = marginal(c, -1) / useful;
        if (!best || rate < least) {
          least = rate;
          best = c;
        }
      }
    }
    return best;
  }

  /// The class whose next item fits and adds the least regret; none if nothing fits.
  [[nodiscard]] std::optional<std::size_t> cheapest_addition() const {
    std::optional<std::size_t> best;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < moves_.size(); ++c) {
      const auto& weights = regret_.core().classes[c].weights;
      const bool fits = std::equal(weights.begin(), weights.end(), slack_.begin(),
                                   [](std::int64_t weight, std::int64_t room) { return weight <= room; });
      if (fits && regret_.can_move(c, moves_[c] + 1)) {
        const double cost = marginal(c, 1);
        if (!best || cost < least) {
          least = cost;
          best = c;
        }
      }
    }
    return best;
  }

  const regret& regret_;
  std::vector<std::int64_t> slack_;
  std::vector<std::int64_t> moves_;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
