// SPDX-License-Identifier: Apache-2.0
// The best mixture of break solutions, by a simplex method of a few rows.
#ifndef ESPALIER_KNAPSACK_DETAIL_MASTER_PROBLEM_HPP
#define ESPALIER_KNAPSACK_DETAIL_MASTER_PROBLEM_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <espalier/knapsack/detail/relaxation.hpp>
#include <espalier/knapsack/detail/window.hpp>

namespace espalier::inline v0::knapsack::detail {

/// Break solutions, each as the prices where it is one, and their shares of a mixture.
struct price_share {
  double share = 0;
  std::vector<double> prices;
};

/// How many of the items of a class, sorted, a mixture keeps.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] double count_in(const std::vector<price_share>& mixture, std::span<const window_item> items,
                              std::span<const std::int64_t> weights) noexcept {
  double kept = 0;
  for (const price_share& one : mixture) {
    kept += one.share * static_cast<double>(count_above(items, cost_of(one.prices, weights)));
  }
  return kept;
}

/// The master problem of a Dantzig-Wolfe decomposition: the best mixture of break solutions within the capacities.
///
///     max sum mu_k V_k   subject to   sum mu_k A_k + slack = C,   sum mu_k = 1,   mu, slack >= 0
///
/// solved by the simplex method with rows + 1 basic columns; its dual solution are prices.
template <class = void>  // so that it is compiled where it is used only
class master_problem {
 public:
  /// @param capacities   >= 0, in units such that the break solutions use about 1.
  /// @param slack_costs  of a unit of each row.
  master_problem(std::vector<double> capacities, std::vector<double> slack_costs)
      : rows_(capacities.size()), right_(std::move(capacities)), slack_costs_(std::move(slack_costs)) {
    right_.push_back(1.0);
    for (std::size_t i = 0; i <= rows_; ++i) {
      basis_.push_back(unit_column(i));
    }
    factorize();
  }

  [[nodiscard]] const std::vector<double>& prices() const noexcept { return prices_; }

  /// The best mixture of the break solutions so far. Shares that are missing are of the one that keeps nothing.
  [[nodiscard]] std::vector<price_share> mixture() const {
    std::vector<price_share> result;
    for (std::size_t i = 0; i <= rows_; ++i) {
      if (!basis_[i].prices.empty()) {
        result.push_back({(std::max)(0.0, amount(i)), basis_[i].prices});
      }
    }
    return result;
  }

  /// How much the master's value can grow for each unit of this break solution.
  [[nodiscard]] double reduced_cost(const break_solution& s) const noexcept {
    double cost = s.value - convexity_;
    for (std::size_t i = 0; i < rows_; ++i) {
      cost -= prices_[i] * s.used[i];
    }
    return cost;
  }

  /// Brings a break solution into the basis.
  /// @param prices  where it is one.
  void enter(const break_solution& s, const std::vector<double>& prices) {
    column entering{s.value, s.used, prices};
    entering.entries.push_back(1.0);
    pivot(std::move(entering));
    for (std::size_t turn = 0; turn < 4 * rows_; ++turn) {
      const auto row = cheapest_slack();
      if (!row || !pivot(unit_column(*row))) {
        break;
      }
    }
  }

 private:
  struct column {
    double value;
    std::vector<double> entries;
    std::vector<double> prices;  // of a break solution that came in
  };

  /// The slack of a row, or the break solution that keeps nothing.
  [[nodiscard]] column unit_column(std::size_t i) const {
    column result{i < rows_ ? -slack_costs_[i] : 0.0, std::vector<double>(rows_ + 1, 0.0), {}};
    result.entries[i] = 1.0;
    return result;
  }

  /// A row whose price is below what its slack costs.
  [[nodiscard]] std::optional<std::size_t> cheapest_slack() const noexcept {
    for (std::size_t i = 0; i < rows_; ++i) {
      if (prices_[i] + slack_costs_[i] < -1e-14 * scale_) {
        return i;
      }
    }
    return std::nullopt;
  }

  /// How much of the basic column i there is.
  [[nodiscard]] double amount(std::size_t i) const noexcept {
    double sum = 0;
    for (std::size_t j = 0; j <= rows_; ++j) {
      sum += inverse_[i * (rows_ + 1) + j] * right_[j];
    }
    return sum;
  }

  bool pivot(column&& entering) {
    const std::size_t size = rows_ + 1;
    std::size_t leaving = size;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < size; ++i) {
      double direction = 0;
      for (std::size_t j = 0; j < size; ++j) {
        direction += inverse_[i * size + j] * entering.entries[j];
      }
      if (direction > 1e-12) {
        const double ratio = (std::max)(0.0, amount(i)) / direction;
        if (ratio < least) {
          least = ratio;
          leaving = i;
        }
      }
    }
    if (leaving == size) {
      return false;
    }
    std::swap(basis_[leaving], entering);
    if (!factorize()) {
      std::swap(basis_[leaving], entering);
      factorize();
      return false;
    }
    return true;
  }

  /// Inverts the basis by Gauss and Jordan: it is tiny, and so no error builds up. Then prices = values inverse.
  bool factorize() {
    const std::size_t size = rows_ + 1;
    std::vector<double> a(size * size);
    inverse_.assign(size * size, 0.0);
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < size; ++j) {
        a[i * size + j] = basis_[j].entries[i];
      }
      inverse_[i * size + i] = 1.0;
    }
    for (std::size_t k = 0; k < size; ++k) {
      std::size_t row = k;
      for (std::size_t i = k + 1; i < size; ++i) {
        row = std::abs(a[i * size + k]) > std::abs(a[row * size + k]) ? i : row;
      }
      if (!(std::abs(a[row * size + k]) > 1e-300)) {
        return false;
      }
      std::swap_ranges(&a[k * size], &a[k * size] + size, &a[row * size]);
      std::swap_ranges(&inverse_[k * size], &inverse_[k * size] + size, &inverse_[row * size]);
      const double pivot = a[k * size + k];
      for (std::size_t j = 0; j < size; ++j) {
        a[k * size + j] /= pivot;
        inverse_[k * size + j] /= pivot;
      }
      for (std::size_t i = 0; i < size; ++i) {
        const double factor = a[i * size + k];
        for (std::size_t j = 0; j < size && i != k && factor != 0; ++j) {
          a[i * size + j] -= factor * a[k * size + j];
          inverse_[i * size + j] -= factor * inverse_[k * size + j];
        }
      }
    }
    prices_.assign(rows_, 0.0);
    convexity_ = 0;
    scale_ = 0;
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < rows_; ++j) {
        prices_[j] += basis_[i].value * inverse_[i * size + j];
        scale_ = (std::max)(scale_, std::abs(prices_[j]));
      }
      convexity_ += basis_[i].value * inverse_[i * size + rows_];
    }
    return true;
  }

  std::size_t rows_;
  std::vector<double> right_;
  std::vector<double> slack_costs_;
  std::vector<column> basis_;
  std::vector<double> inverse_;
  std::vector<double> prices_;
  double convexity_ = 0;
  double scale_ = 0;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
