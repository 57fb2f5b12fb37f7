// SPDX-License-Identifier: Apache-2.0
// The regret: how much a choice falls short of the Lagrangian bound, as a sum of small non-negative terms.
#ifndef ESPALIER_KNAPSACK_DETAIL_REGRET_HPP
#define ESPALIER_KNAPSACK_DETAIL_REGRET_HPP

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/fixed_point.hpp>
#include <espalier/knapsack/detail/presolve.hpp>
#include <espalier/knapsack/detail/prices.hpp>
#include <espalier/knapsack/detail/window.hpp>

namespace espalier::inline v0::knapsack::detail {

/// Regrets are whole numbers; what reaches this one is beyond what any search looks at.
constexpr std::int64_t endless = std::int64_t{1} << 61U;

[[nodiscard]] constexpr std::int64_t saturated(int128 cost) noexcept {
  return cost < endless ? static_cast<std::int64_t>(cost) : endless;
}
[[nodiscard]] constexpr std::int64_t add_costs(std::int64_t a, std::int64_t b) noexcept {
  return (std::min)(a + b, endless);
}

/// phi of one column, in one direction: the cost of moving 1, 2, ... of its items; grows as far as it is asked for.
struct move_costs {
  std::vector<std::int64_t> costs;  ///< costs[d - 1] of d moves, ascending and convex
  bool ended = false;               ///< no further item can be moved
};

/// With prices lambda, t = lambda w for the class of an item, and k0 the items with v > t, every feasible choice k has
///
///     value(k) = L(lambda) - [ sum over classes of phi(k - k0) + lambda slack ],
///
/// where phi(d) is the sum of |v - t| over the d items moved: convex, >= 0, 0 at d = 0. The bracket is the regret.
/// Maximizing the value is minimizing the regret, and no large numbers are left in it.
///
/// The columns of a regret are the classes and then, row by row, the slack, of which any amount may be left at
/// lambda a unit.
///
/// What walks through many items throws interrupted if told to stop.
template <class = void>  // so that it is compiled where it is used only
class regret {
 public:
  regret(const core_problem& core, const windows& w, const fixed_point& scale, exact_prices prices, budget& b)
      : core_(core), windows_(w), scale_(scale), prices_(std::move(prices)), budget_(b), slack_(w.remaining) {
    for (std::size_t c = 0; c < core.classes.size(); ++c) {
      const int128 t = prices_.cost(core.weights_of(c));
      const auto items = w.of(c);
      const auto line = std::partition_point(items.begin(), items.end(), [&](const window_item& item) {
        return int128{scale.round(item.value)} * prices_.factor > t;
      });
      thresholds_.push_back(t);
      lines_.push_back(line - items.begin());
      for (std::size_t r = 0; r < slack_.size(); ++r) {
        slack_[r] -= core.weights_of(c)[r] * lines_.back();
      }
    }
    up_.resize(core.classes.size());
    down_.resize(core.classes.size());
    grain_ = common_divisor();
  }

  [[nodiscard]] const core_problem& core() const noexcept { return core_; }
  [[nodiscard]] std::size_t classes() const noexcept { return lines_.size(); }
  [[nodiscard]] std::size_t rows() const noexcept { return slack_.size(); }
  /// What k0 leaves of each row; negative where it takes too much.
  [[nodiscard]] const std::vector<std::int64_t>& slack() const noexcept { return slack_; }
  [[nodiscard]] const exact_prices& prices() const noexcept { return prices_; }
  /// k0 of a class, counted in its window.
  [[nodiscard]] std::int64_t line(std::size_t c) const noexcept { return lines_[c]; }

  /// phi of a class for d = 1, 2, ... up to the first that costs more than the limit.
  [[nodiscard]] const move_costs& up(std::size_t c, std::int64_t limit) { return extend(up_[c], c, 1, limit); }
  /// phi of a class for d = -1, -2, ... up to the first that costs more than the limit.
  [[nodiscard]] const move_costs& down(std::size_t c, std::int64_t limit) { return extend(down_[c], c, -1, limit); }

  /// phi of a class for d items more than k0; endless if they are not in its window.
  [[nodiscard]] std::int64_t cost(std::size_t c, std::int64_t d) {
    if (d == 0) {
      return 0;
    }
    move_costs& moves = d > 0 ? up_[c] : down_[c];
    const auto count = static_cast<std::size_t>(d > 0 ? d : -d);
    while (moves.costs.size() < count && !moves.ended) {
      extend_by_one(moves, c, d > 0 ? 1 : -1);
    }
    return moves.costs.size() < count ? endless : moves.costs[count - 1];
  }

  /// lambda slack of one row.
  [[nodiscard]] std::int64_t slack_cost(std::size_t row, std::int64_t amount) const noexcept {
    int128 cost = 0;
    return __builtin_mul_overflow(prices_.scaled[row], int128{amount}, &cost) ? endless : saturated(cost);
  }

  /// What is known of a class costs at least this where its window ends and leaves out items; endless if it does not
  /// end within what was asked for so far.
  [[nodiscard]] std::int64_t window_edge(std::size_t c) const noexcept {
    const auto edge = [](const move_costs& moves, bool more) {
      return !more || !moves.ended ? endless : moves.costs.empty() ? 0 : moves.costs.back();
    };
    return (std::min)(edge(up_[c], windows_.below[c] > 0), edge(down_[c], windows_.above[c] > 0));
  }

  /// Whether so many moves up, or if negative down, from k0 are all in the window of a class, or beyond its last item.
  [[nodiscard]] bool holds(std::size_t c, double low, double high) const noexcept {
    const auto line = static_cast<double>(lines_[c]);
    return (windows_.above[c] == 0 || line + low >= 0) &&
           (windows_.below[c] == 0 || line + high <= static_cast<double>(windows_.of(c).size()));
  }

  /// A regret as a difference of values.
  [[nodiscard]] double to_value(std::int64_t cost) const noexcept {
    return scale_.to_double(cost) / static_cast<double>(prices_.factor);
  }
  /// A difference of values as a regret, rounded down.
  [[nodiscard]] std::int64_t from_value(double value) const noexcept {
    const double cost = scale_.scaled(value) * static_cast<double>(prices_.factor) * (1 - 1e-12);
    return cost < static_cast<double>(endless) ? static_cast<std::int64_t>(cost) : endless;
  }
  /// Regrets of any two choices in the windows differ by a multiple of this, since values do: large where values are
  /// quantized, 1 as a rule.
  [[nodiscard]] std::int64_t grain() const noexcept { return grain_; }
  /// The least regret of choices that go beyond a window: nothing inside of it is left to move then. Their regrets need
  /// not follow the grain.   Complexity: O(items in the windows).
  [[nodiscard]] std::int64_t least_outside() const {
    std::int64_t least = endless;
    for (std::size_t c = 0; c < classes(); ++c) {
      const auto items = windows_.of(c);
      const auto line = static_cast<std::size_t>(lines_[c]);
      least = windows_.above[c] > 0 ? (std::min)(least, cost_of_all(c, items.first(line))) : least;
      least = windows_.below[c] > 0 ? (std::min)(least, cost_of_all(c, items.subspan(line))) : least;
    }
    return least;
  }
  /// The price of a row on the scale of the problem's values.
  [[nodiscard]] double price(std::size_t row) const noexcept {
    return scale_.to_double(prices_.scaled[row]) / static_cast<double>(prices_.factor);
  }

 private:
  /// Of all values in the windows, as regrets.
  [[nodiscard]] std::int64_t common_divisor() const {
    // Twos and odd factors apart: values that were floats have many twos in common, and soon no odd factor.
    std::uint64_t bits = 0;
    std::uint64_t odd = 0;
    for (std::size_t i = 0; i < windows_.items.size() && (odd != 1 || bits % 2 == 0); ++i) {
      budget_.keep_going(i);
      const auto value = static_cast<std::uint64_t>(scale_.round(windows_.items[i].value));
      bits |= value;
      if (odd != 1 && value != 0) {
        odd = std::gcd(odd, value >> std::countr_zero(value));
      }
    }
    const std::uint64_t divisor = bits == 0 ? 1 : odd << std::countr_zero(bits);
    return saturated(int128{static_cast<std::int64_t>(divisor)} * prices_.factor);
  }

  /// phi for all of these items, on one side of the line.
  [[nodiscard]] std::int64_t cost_of_all(std::size_t c, std::span<const window_item> items) const {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
      budget_.keep_going(i);
      sum = add_costs(sum, cost_of(c, items[i]));
    }
    return sum;
  }

  [[nodiscard]] std::int64_t cost_of(std::size_t c, const window_item& item) const noexcept {
    const int128 r = int128{scale_.round(item.value)} * prices_.factor - thresholds_[c];
    return saturated(r < 0 ? -r : r);
  }

  [[nodiscard]] const move_costs& extend(move_costs& moves, std::size_t c, std::int64_t direction, std::int64_t limit) {
    while (!moves.ended && (moves.costs.empty() || moves.costs.back() <= limit)) {
      extend_by_one(moves, c, direction);
    }
    return moves;
  }

  void extend_by_one(move_costs& moves, std::size_t c, std::int64_t direction) {
    budget_.keep_going(moves.costs.size());
    const auto done = static_cast<std::int64_t>(moves.costs.size());
    const std::int64_t place = direction > 0 ? lines_[c] + done : lines_[c] - 1 - done;
    const auto items = windows_.of(c);
    if (place < 0 || place >= static_cast<std::int64_t>(items.size())) {
      moves.ended = true;
      return;
    }
    const std::int64_t step = cost_of(c, items[static_cast<std::size_t>(place)]);
    moves.costs.push_back(add_costs(moves.costs.empty() ? 0 : moves.costs.back(), step));
  }

  const core_problem& core_;
  const windows& windows_;
  fixed_point scale_;
  exact_prices prices_;
  budget& budget_;
  std::vector<std::int64_t> slack_;
  std::vector<int128> thresholds_;
  std::vector<std::int64_t> lines_;
  std::vector<move_costs> up_;
  std::vector<move_costs> down_;
  std::int64_t grain_ = 1;
};

/// A complete choice: how many items more than k0 each class keeps.
struct choice {
  std::vector<std::int64_t> moves;
  std::int64_t cost = endless;  ///< its regret
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
