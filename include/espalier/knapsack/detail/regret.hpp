// SPDX-License-Identifier: Apache-2.0
// The regret: how much a choice falls short of the Lagrangian bound, as a sum of small non-negative terms.
#ifndef ESPALIER_KNAPSACK_DETAIL_REGRET_HPP
#define ESPALIER_KNAPSACK_DETAIL_REGRET_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include <espalier/knapsack/detail/presolve.hpp>

namespace espalier::inline v0::knapsack::detail {

/// With prices lambda, t = lambda w for the class of an item, and k0 the items with v > t, every feasible choice k has
///
///     value(k) = L(lambda) - [ sum over classes of phi(k - k0) + lambda slack ],
///
/// where phi(d) is the sum of |v - t| over the d items moved: convex, >= 0, 0 at d = 0. The bracket is the regret.
/// Maximizing the value is minimizing the regret, and no large numbers are left in it.
class regret {
 public:
  regret(const core_problem& core, std::vector<std::int64_t> prices) : core_(core), prices_(std::move(prices)) {
    for (std::size_t r = 0; r < prices_.size(); ++r) {
      bound_ += int128{prices_[r]} * core.capacities[r];
    }
    slack_ = core.capacities;
    for (const core_class& c : core.classes) {
      int128 threshold = 0;
      for (std::size_t r = 0; r < prices_.size(); ++r) {
        threshold += int128{prices_[r]} * c.weights[r];
      }
      const auto below =
          std::partition_point(c.values.begin(), c.values.end(), [&](std::int64_t value) { return value > threshold; });
      const std::int64_t kept = below - c.values.begin();
      thresholds_.push_back(threshold);
      kept_.push_back(kept);
      bound_ += c.sums[static_cast<std::size_t>(kept)] - threshold * kept;
      for (std::size_t r = 0; r < prices_.size(); ++r) {
        slack_[r] -= c.weights[r] * kept;
      }
    }
  }

  /// L(lambda): no choice is worth more.
  [[nodiscard]] int128 bound() const noexcept { return bound_; }
  /// What k0 leaves of each row; negative where it takes too much.
  [[nodiscard]] const std::vector<std::int64_t>& slack() const noexcept { return slack_; }
  [[nodiscard]] const std::vector<std::int64_t>& prices() const noexcept { return prices_; }
  /// k0 of a class.
  [[nodiscard]] std::int64_t kept(std::size_t c) const noexcept { return kept_[c]; }
  [[nodiscard]] const core_problem& core() const noexcept { return core_; }

  /// Whether d items more than k0 can be kept.
  [[nodiscard]] bool can_move(std::size_t c, std::int64_t d) const noexcept {
    const std::int64_t k = kept_[c] + d;
    return k >= 0 && k <= static_cast<std::int64_t>(core_.classes[c].items.size());
  }

  /// phi of a class: what it costs to keep d items more than k0.
  [[nodiscard]] int128 cost(std::size_t c, std::int64_t d) const noexcept {
    const auto& sums = core_.classes[c].sums;
    const int128 gained = sums[static_cast<std::size_t>(kept_[c] + d)] - sums[static_cast<std::size_t>(kept_[c])];
    return thresholds_[c] * d - gained;
  }

  /// lambda slack.
  [[nodiscard]] int128 slack_cost(const std::int64_t* slack) const noexcept {
    int128 cost = 0;
    for (std::size_t r = 0; r < prices_.size(); ++r) {
      cost += int128{prices_[r]} * slack[r];
    }
    return cost;
  }

 private:
  const core_problem& core_;
  std::vector<std::int64_t> prices_;
  std::vector<std::int64_t> slack_;
  std::vector<int128> thresholds_;
  std::vector<std::int64_t> kept_;
  int128 bound_ = 0;
};

/// The order in which classes are decided, and from each place on the least cost of a unit of slack.
class completion_bound {
 public:
  explicit completion_bound(const regret& r) : rows_(r.prices().size()), order_(r.core().classes.size()) {
    // Classes whose first move is dear have few moves, so they come first; the cheap ones close what is left.
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::stable_sort(order_.begin(), order_.end(),
                     [&](std::size_t a, std::size_t b) { return first_move(r, a) > first_move(r, b); });
    raise_.assign((order_.size() + 1) * rows_, std::numeric_limits<double>::infinity());
    spend_.resize((order_.size() + 1) * rows_);
    for (std::size_t row = 0; row < rows_; ++row) {
      spend_[order_.size() * rows_ + row] = static_cast<double>(r.prices()[row]);
    }
    for (std::size_t place = order_.size(); place-- > 0;) {
      extend(r, place);
    }
  }

  [[nodiscard]] const std::vector<std::size_t>& order() const noexcept { return order_; }

  /// A lower bound on what the classes from a place on, and the slack, must still cost.
  [[nodiscard]] double operator()(std::size_t place, const std::int64_t* slack) const noexcept {
    double least = 0;
    for (std::size_t row = 0; row < rows_; ++row) {
      if (slack[row] != 0) {
        const double rate = slack[row] < 0 ? raise_[place * rows_ + row] : spend_[place * rows_ + row];
        least = (std::max)(least, rate * std::abs(static_cast<double>(slack[row])));
      }
    }
    return least * safety;
  }

 private:
  /// Covers the rounding of the divisions and products above, which are relative to 2^-53.
  static constexpr double safety = 1 - 1e-12;

  [[nodiscard]] static double step(const regret& r, std::size_t c, std::int64_t d) {
    return r.can_move(c, d) ? static_cast<double>(r.cost(c, d)) : std::numeric_limits<double>::infinity();
  }
  [[nodiscard]] static double first_move(const regret& r, std::size_t c) {
    return (std::min)(step(r, c, 1), step(r, c, -1));
  }

  /// phi is convex, so its first step is its cheapest, and no unit of a row costs less than that step's share.
  void extend(const regret& r, std::size_t place) {
    const std::size_t c = order_[place];
    for (std::size_t row = 0; row < rows_; ++row) {
      const auto weight = static_cast<double>(r.core().classes[c].weights[row]);
      const std::size_t here = place * rows_ + row;
      raise_[here] = raise_[here + rows_];
      spend_[here] = spend_[here + rows_];
      if (weight > 0) {
        raise_[here] = (std::min)(raise_[here], step(r, c, -1) / weight);
        spend_[here] = (std::min)(spend_[here], step(r, c, 1) / weight);
      }
    }
  }

  std::size_t rows_;
  std::vector<std::size_t> order_;
  std::vector<double> raise_;  // [place][row]: the least cost of a unit more slack, from removing items
  std::vector<double> spend_;  // [place][row]: the least cost of a unit of slack, left over or filled
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
