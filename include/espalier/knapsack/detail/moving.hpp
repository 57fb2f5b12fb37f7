// SPDX-License-Identifier: Apache-2.0
// The classes that can move within a regret limit, and up to which regret nothing outside of the windows matters.
#ifndef ESPALIER_KNAPSACK_DETAIL_MOVING_HPP
#define ESPALIER_KNAPSACK_DETAIL_MOVING_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/knapsack/detail/columns.hpp>
#include <espalier/knapsack/detail/lattice.hpp>
#include <espalier/knapsack/detail/regret.hpp>

namespace espalier::inline v0::knapsack::detail {

/// The classes of a regret that can move within a limit.
struct moving_classes {
  std::vector<column> columns;
  std::int64_t window_edge = endless;  ///< up to this regret nothing outside of the windows matters
  std::vector<std::size_t> narrow;     ///< classes whose windows are why that is less than the limit
};

/// Classes that could move beyond their windows within the limit, as where more items are equal than a window holds,
/// and whether what the others do keeps them inside.
///
/// The moves d of open classes O with independent weights W, those of the others, and the slack s make up for b:
///
///     W d = b - sum over the others of d_c w_c - s,   0 <= s <= limit / lambda,   d_c within the limit,
///
/// which leaves an interval for each entry of d. If that lies in the window, what is beyond does not matter.
template <class = void>  // so that it is compiled where it is used only
class open_classes {
 public:
  explicit open_classes(const regret<>& r) : regret_(r) {}

  void add(std::size_t c) { open_.push_back(c); }
  [[nodiscard]] const std::vector<std::size_t>& list() const noexcept { return open_; }

  /// @param moving  all classes that can move within the limit, the open ones too.
  /// @return true if there is no open class, or none of them can leave its window.
  [[nodiscard]] bool stay_inside(const std::vector<column>& moving, std::int64_t limit) const {
    if (open_.size() > regret_.rows()) {
      return open_.empty();
    }
    const std::vector<std::size_t> rows = independent_rows();
    const auto inverse = rows.size() == open_.size() ? invert(weights_in(rows)) : std::nullopt;
    if (!inverse) {
      return open_.empty();
    }
    for (std::size_t i = 0; i < open_.size(); ++i) {
      const auto factors = std::span(inverse->scaled).subspan(i * rows.size(), rows.size());
      const interval reach = reach_of(rows, factors, moving, limit);
      if (!regret_.holds(open_[i], reach.low / static_cast<double>(inverse->denominator),
                         reach.high / static_cast<double>(inverse->denominator))) {
        return false;
      }
    }
    return true;
  }

 private:
  struct interval {
    double low = 0;
    double high = 0;
  };

  /// As many rows as there are open classes, in which their weights are independent; slack must cost something there.
  [[nodiscard]] std::vector<std::size_t> independent_rows() const {
    std::vector<std::size_t> result;
    independent_vectors independent(open_.size());
    for (std::size_t row = 0; row < regret_.rows() && result.size() < open_.size(); ++row) {
      std::vector<std::int64_t> entries;
      for (const std::size_t c : open_) {
        entries.push_back(regret_.core().weights_of(c)[row]);
      }
      if (regret_.prices().scaled[row] > 0 && independent.add(entries)) {
        result.push_back(row);
      }
    }
    return result;
  }
  [[nodiscard]] std::vector<std::vector<std::int64_t>> weights_in(const std::vector<std::size_t>& rows) const {
    std::vector<std::vector<std::int64_t>> result;
    for (const std::size_t c : open_) {
      result.emplace_back();
      for (const std::size_t row : rows) {
        result.back().push_back(regret_.core().weights_of(c)[row]);
      }
    }
    return result;
  }

  /// Where factors (b - sum d_c w_c - s) can lie, with room for rounding.
  [[nodiscard]] interval reach_of(const std::vector<std::size_t>& rows, std::span<const std::int64_t> factors,
                                  const std::vector<column>& moving, std::int64_t limit) const {
    interval result;
    double magnitude = 0;
    const auto add = [&](double least, double most) {
      result.low += (std::min)(least, most);
      result.high += (std::max)(least, most);
      magnitude += std::abs(least) + std::abs(most);
    };
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const auto factor = static_cast<double>(factors[k]);
      const double fixed = factor * static_cast<double>(regret_.slack()[rows[k]]);
      add(fixed, fixed);
      add(0, -factor * static_cast<double>(limit) / static_cast<double>(regret_.prices().scaled[rows[k]]));
    }
    for (const column& one : moving) {
      if (std::find(open_.begin(), open_.end(), one.number) == open_.end()) {
        double effect = 0;
        for (std::size_t k = 0; k < rows.size(); ++k) {
          effect += static_cast<double>(factors[k]) * static_cast<double>(one.weights[rows[k]]);
        }
        add(-effect * static_cast<double>(one.up.size()), effect * static_cast<double>(one.down.size()));
      }
    }
    const double error = 1 + 1e-8 * magnitude;
    return {result.low - error, result.high + error};
  }

  const regret<>& regret_;
  std::vector<std::size_t> open_;
};

/// Lists the moves within a limit.   Complexity: O(classes rows) and the moves that were not asked for before.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] moving_classes find_moving(regret<>& r, std::int64_t limit) {
  moving_classes result;
  open_classes open(r);
  std::int64_t nearest = endless;
  for (std::size_t c = 0; c < r.classes(); ++c) {
    const auto within = [limit](const move_costs& moves) {
      return std::span(moves.costs)
          .first(static_cast<std::size_t>(std::upper_bound(moves.costs.begin(), moves.costs.end(), limit) -
                                          moves.costs.begin()));
    };
    const auto up = within(r.up(c, limit));
    const auto down = within(r.down(c, limit));
    const std::int64_t edge = r.window_edge(c);
    if (edge <= limit) {
      open.add(c);
      nearest = (std::min)(nearest, edge);
    } else {
      result.window_edge = (std::min)(result.window_edge, edge);
    }
    if (!up.empty() || !down.empty()) {
      const auto weights = r.core().weights_of(c);
      const auto count = static_cast<std::int64_t>(up.size() + down.size());
      result.columns.push_back({c, {weights.begin(), weights.end()}, {}, up, down, count, {}});
    }
  }
  if (!open.stay_inside(result.columns, limit)) {
    result.window_edge = nearest;
    result.narrow = open.list();
  }
  return result;
}

}  // namespace espalier::inline v0::knapsack::detail

#endif
