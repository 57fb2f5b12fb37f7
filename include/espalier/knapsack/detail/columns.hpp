// SPDX-License-Identifier: Apache-2.0
// The columns that can move within a regret limit, in coordinates in which as many as there are rows solve themselves.
#ifndef ESPALIER_KNAPSACK_DETAIL_COLUMNS_HPP
#define ESPALIER_KNAPSACK_DETAIL_COLUMNS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <espalier/knapsack/detail/lattice.hpp>
#include <espalier/knapsack/detail/regret.hpp>
#include <espalier/knapsack/detail/sorting.hpp>

namespace espalier::inline v0::knapsack::detail {

/// One of the moves of a column of which at most one can be made.
struct single_move {
  std::vector<std::int64_t> weights;      ///< what it takes, per row
  std::vector<std::int64_t> coordinates;  ///< the same in basis coordinates
  std::int64_t cost = 0;
};

/// A class, or the slack of a row, with its moves that cost at most the limit.
struct column {
  std::size_t number = 0;                 ///< of the class; or classes + row for slack
  std::vector<std::int64_t> weights;      ///< what one move takes, per row
  std::vector<std::int64_t> coordinates;  ///< the same in basis coordinates
  std::span<const std::int64_t> up;       ///< cost of 1, 2, ... moves up
  std::span<const std::int64_t> down;     ///< cost of 1, 2, ... moves down

  std::int64_t count = 0;              ///< of all moves
  std::vector<single_move> singles{};  ///< instead of moves up and down: one of these

  [[nodiscard]] std::int64_t first_cost() const noexcept {
    std::int64_t least = (std::min)(up.empty() ? endless : up.front(), down.empty() ? endless : down.front());
    for (const single_move& one : singles) {
      least = (std::min)(least, one.cost);
    }
    return least;
  }
};

/// What the moves are to make up for.
struct search_terms {
  std::size_t classes = 0;          ///< columns that are not slack have lower numbers
  std::vector<std::int64_t> slack;  ///< per row
  exact_prices prices;              ///< of a unit of slack, per row

  /// lambda slack of one row.
  [[nodiscard]] std::int64_t slack_cost(std::size_t row, std::int64_t amount) const noexcept {
    int128 cost = 0;
    return __builtin_mul_overflow(prices.scaled[row], int128{amount}, &cost) ? endless : saturated(cost);
  }
};

/// The moves d that make up for the slack b of k0 solve
///
///     sum over columns of d w = b,   classes up and down, slack up only.
///
/// With M independent basic columns W and every vector x in coordinates z = D W^-1 x (D the least that makes all of
/// them whole), what the other columns leave must be z = D d, d the moves of the basic columns: a division each.
/// The columns with the most moves are basic, so that those need not be enumerated.
template <class = void>  // so that it is compiled where it is used only
class columns {
 public:
  /// @param moving  the columns that are not slack, with their moves up to the limit.
  columns(search_terms terms, std::vector<column> moving, std::int64_t limit) : terms_(std::move(terms)) {
    std::vector<column> all = slacks(limit);
    std::move(moving.begin(), moving.end(), std::back_inserter(all));
    sort_descending(all, [](const column& c) { return c.count; });
    if (!choose(all, independent_among(all)) && !choose(all, slack_among(all))) {
      overflow_ = true;
      return;
    }
    // Dear columns have few moves, so they come first.
    sort_descending(free_, [](const column& c) { return c.first_cost(); });
  }

  [[nodiscard]] std::size_t rows() const noexcept { return terms_.slack.size(); }
  [[nodiscard]] const search_terms& terms() const noexcept { return terms_; }
  /// The columns that are to be enumerated, the dearest first.
  [[nodiscard]] const std::vector<column>& free() const noexcept { return free_; }
  /// The columns that are solved for, one per coordinate.
  [[nodiscard]] const std::vector<column>& basic() const noexcept { return basic_; }
  /// D.
  [[nodiscard]] std::int64_t denominator() const noexcept { return denominator_; }
  /// b in basis coordinates.
  [[nodiscard]] const std::vector<std::int64_t>& start() const noexcept { return start_; }
  /// Whether the numbers are too large to search.
  [[nodiscard]] bool overflow() const noexcept { return overflow_; }

  /// What d moves of a basic column cost; endless if that is not allowed.
  [[nodiscard]] std::int64_t basic_cost(std::size_t j, std::int64_t d) const noexcept {
    const column& c = basic_[j];
    if (d == 0) {
      return 0;
    }
    if (is_slack(j)) {
      return d < 0 ? endless : terms_.slack_cost(c.number - terms_.classes, d);
    }
    const auto& costs = d > 0 ? c.up : c.down;
    const auto count = static_cast<std::size_t>(d > 0 ? d : -d);
    return count > costs.size() ? endless : costs[count - 1];
  }
  /// The most moves up (or down) of a basic column.
  [[nodiscard]] std::int64_t most_moves(std::size_t j, bool up) const noexcept {
    const column& c = basic_[j];
    return up ? c.count - static_cast<std::int64_t>(c.down.size()) : static_cast<std::int64_t>(c.down.size());
  }
  /// Whether a basic column is the slack of a row.
  [[nodiscard]] bool is_slack(std::size_t j) const noexcept { return basic_[j].number >= terms_.classes; }

 private:
  static constexpr std::int64_t unlimited = std::int64_t{1} << 60U;
  /// Slack moves that are written down; beyond, a slack column can only be basic.
  static constexpr std::int64_t most_slack = 1 << 16;

  template <class Key>
  static void sort_descending(std::vector<column>& list, Key&& key) {
    std::vector<std::int64_t> keys;
    for (const column& c : list) {
      keys.push_back(-key(c));
    }
    std::vector<column> sorted;
    sorted.reserve(list.size());
    for (const std::uint32_t place : order_of(keys)) {
      sorted.push_back(std::move(list[place]));
    }
    list = std::move(sorted);
  }

  [[nodiscard]] std::vector<column> slacks(std::int64_t limit) const {
    std::vector<column> all;
    for (std::size_t row = 0; row < rows(); ++row) {
      column slack{terms_.classes + row, std::vector<std::int64_t>(rows(), 0), {}, {}, {}, 0, {}};
      slack.weights[row] = 1;
      const int128 price = terms_.prices.scaled[row];
      slack.count = price == 0 ? unlimited : saturated(int128{limit} / price);
      all.push_back(std::move(slack));
    }
    return all;
  }

  [[nodiscard]] std::vector<std::size_t> independent_among(const std::vector<column>& all) const {
    std::vector<std::size_t> chosen;
    independent_vectors independent(rows());
    for (std::size_t i = 0; i < all.size() && chosen.size() < rows(); ++i) {
      if (all[i].singles.empty() && independent.add(all[i].weights)) {
        chosen.push_back(i);
      }
    }
    return chosen;
  }
  [[nodiscard]] std::vector<std::size_t> slack_among(const std::vector<column>& all) const {
    std::vector<std::size_t> chosen(rows());
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].number >= terms_.classes) {
        chosen[all[i].number - terms_.classes] = i;
      }
    }
    return chosen;
  }

  /// Takes these columns as basic. False if a column that cannot be enumerated is left, or numbers overflow.
  [[nodiscard]] bool choose(const std::vector<column>& all, const std::vector<std::size_t>& chosen) {
    basic_.clear();
    free_.clear();
    std::vector<std::vector<std::int64_t>> matrix;
    for (const std::size_t i : chosen) {
      basic_.push_back(all[i]);
      matrix.push_back(all[i].weights);
    }
    const auto inverse = invert(matrix);
    if (!inverse) {
      return false;
    }
    denominator_ = inverse->denominator;
    slack_moves_.assign(rows(), {});
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (std::find(chosen.begin(), chosen.end(), i) != chosen.end() || all[i].count == 0) {
        continue;
      }
      free_.push_back(all[i]);
      if (all[i].number >= terms_.classes && !write_slack(free_.back())) {
        return false;
      }
    }
    return transform(*inverse);
  }

  /// Writes down what slack costs. False if that is too much.
  [[nodiscard]] bool write_slack(column& slack) {
    if (slack.count > most_slack) {
      return false;
    }
    const std::size_t row = slack.number - terms_.classes;
    for (std::int64_t d = 1; d <= slack.count; ++d) {
      slack_moves_[row].push_back(terms_.slack_cost(row, d));
    }
    slack.up = slack_moves_[row];
    return true;
  }

  /// Computes all coordinates. False if sums of them might not fit.
  [[nodiscard]] bool transform(const whole_inverse& inverse) {
    constexpr int128 most = int128{1} << 61U;
    std::vector<int128> reach(rows(), 0);
    const auto coordinates = [&](std::span<const std::int64_t> vector, int128 times) {
      std::vector<std::int64_t> result;
      for (std::size_t j = 0; j < rows(); ++j) {
        int128 sum = 0;
        for (std::size_t r = 0; r < rows(); ++r) {
          sum += int128{inverse.scaled[j * rows() + r]} * vector[r];
        }
        reach[j] += (sum < 0 ? -sum : sum) * times;
        result.push_back(sum < most && sum > -most ? static_cast<std::int64_t>(sum) : 0);
      }
      return result;
    };
    start_ = coordinates(terms_.slack, 1);
    for (column& c : free_) {
      for (single_move& one : c.singles) {
        one.coordinates = coordinates(one.weights, 1);
      }
      if (!c.singles.empty()) {
        continue;
      }
      c.coordinates = coordinates(c.weights, int128{c.count});
    }
    return std::all_of(reach.begin(), reach.end(), [](int128 r) { return r < most; });
  }

  search_terms terms_;
  std::vector<std::vector<std::int64_t>> slack_moves_;
  std::vector<column> free_;
  std::vector<column> basic_;
  std::vector<std::int64_t> start_;
  std::int64_t denominator_ = 1;
  bool overflow_ = false;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
