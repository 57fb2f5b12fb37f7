// SPDX-License-Identifier: Apache-2.0
// Prices for the resources (Lagrange multipliers) at which the relaxed problem bounds the optimum most tightly.
#ifndef ESPALIER_KNAPSACK_DETAIL_DUAL_HPP
#define ESPALIER_KNAPSACK_DETAIL_DUAL_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/one_price.hpp>
#include <espalier/knapsack/detail/window.hpp>

namespace espalier::inline v0::knapsack::detail {

/// What the relaxed problem is made of: sorted items per class, each standing for `copies` items.
///
/// Values may be counted from some prices lambda0, as v - lambda0 w; then a unit of slack costs lambda0, and the prices
/// that are looked for are what is to be added.
struct relaxation {
  std::span<const window_item> items;        ///< each class sorted
  std::span<const std::size_t> begin;        ///< classes + 1
  std::span<const std::int64_t> weights;     ///< classes x rows
  std::span<const std::int64_t> capacities;  ///< per row, for these items
  std::span<const double> copies;            ///< per class; empty: 1
  std::span<const double> slack_costs;       ///< lambda0 per row; empty: 0

  [[nodiscard]] std::size_t classes() const noexcept { return begin.size() - 1; }
  [[nodiscard]] std::size_t rows() const noexcept { return capacities.size(); }
  [[nodiscard]] double slack_cost(std::size_t row) const noexcept {
    return slack_costs.empty() ? 0.0 : slack_costs[row];
  }
};

/// A break solution: the items worth more than they cost at some prices.
struct break_solution {
  double value = 0;
  std::vector<double> used;  ///< per row
};

/// The Lagrangian dual function
///
///     L(lambda) = lambda C + sum over items of max(0, v - lambda w),   lambda >= 0,
///
/// convex, an upper bound on the optimum everywhere. One evaluation is a binary search per class.
template <class = void>  // so that it is compiled where it is used only
class dual_function {
 public:
  /// @throws interrupted if told to stop.
  dual_function(const relaxation& r, budget& b) : relaxation_(r), sums_(r.items.size() + r.classes(), 0.0) {
    for (std::size_t c = 0; c < r.classes(); ++c) {
      double sum = 0;
      for (std::size_t i = r.begin[c]; i < r.begin[c + 1]; ++i) {
        b.keep_going(i);
        sum += copies(c) * r.items[i].value;
        sums_[i + c + 1] = sum;
        magnitude_ += copies(c) * std::abs(r.items[i].value);
      }
    }
  }

  [[nodiscard]] const relaxation& terms() const noexcept { return relaxation_; }
  [[nodiscard]] std::size_t rows() const noexcept { return relaxation_.rows(); }
  [[nodiscard]] std::int64_t capacity(std::size_t row) const noexcept { return relaxation_.capacities[row]; }
  [[nodiscard]] double slack_cost(std::size_t row) const noexcept { return relaxation_.slack_cost(row); }
  /// What all items together use of a row.
  [[nodiscard]] double all_used(std::size_t row) const noexcept {
    double sum = 0;
    for (std::size_t c = 0; c < relaxation_.classes(); ++c) {
      sum += copies(c) * static_cast<double>(relaxation_.begin[c + 1] - relaxation_.begin[c]) *
             static_cast<double>(relaxation_.weights[c * rows() + row]);
    }
    return sum;
  }
  [[nodiscard]] double copies(std::size_t c) const noexcept {
    return relaxation_.copies.empty() ? 1.0 : relaxation_.copies[c];
  }
  [[nodiscard]] double threshold(std::size_t c, const std::vector<double>& prices) const noexcept {
    double t = 0;
    for (std::size_t r = 0; r < prices.size(); ++r) {
      t += prices[r] * static_cast<double>(relaxation_.weights[c * prices.size() + r]);
    }
    return t;
  }

  /// The break solution at some prices.
  [[nodiscard]] break_solution at(const std::vector<double>& prices) const {
    break_solution result{0, std::vector<double>(prices.size(), 0.0)};
    for (std::size_t c = 0; c < relaxation_.classes(); ++c) {
      const double t = threshold(c, prices);
      const auto first = relaxation_.items.begin() + static_cast<std::ptrdiff_t>(relaxation_.begin[c]);
      const auto last = relaxation_.items.begin() + static_cast<std::ptrdiff_t>(relaxation_.begin[c + 1]);
      const auto kept =
          std::partition_point(first, last, [t](const window_item& item) { return item.value > t; }) - first;
      if (kept > 0) {
        result.value += sums_[relaxation_.begin[c] + c + static_cast<std::size_t>(kept)];
        const double count = copies(c) * static_cast<double>(kept);
        for (std::size_t r = 0; r < prices.size(); ++r) {
          result.used[r] += count * static_cast<double>(relaxation_.weights[c * prices.size() + r]);
        }
      }
    }
    return result;
  }

  /// The sum of all absolute values: what rounding errors are relative to.
  [[nodiscard]] double magnitude() const noexcept { return magnitude_; }

  /// L at some prices, given the break solution there.
  [[nodiscard]] double value(const std::vector<double>& prices, const break_solution& kept) const noexcept {
    double result = kept.value;
    for (std::size_t r = 0; r < prices.size(); ++r) {
      result += prices[r] * (static_cast<double>(relaxation_.capacities[r]) - kept.used[r]);
    }
    return result;
  }

 private:
  relaxation relaxation_;
  std::vector<double> sums_;  // per class, of its first k items, k = 0 and up
  double magnitude_ = 0;
};

/// Break solutions, each as the prices where it is one, and their shares of a mixture.
struct price_share {
  double share = 0;
  std::vector<double> prices;
};

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

/// Prices and how they were found.
struct dual_solution {
  std::vector<double> prices;          ///< per row
  double value = 0;                    ///< L there
  std::size_t steps = 0;               ///< break solutions tried
  std::vector<price_share> mixture{};  ///< of what the relaxed problem keeps; with one row it may be missing
};

/// Minimizes L by column generation with smoothed prices.
///
/// Source: Dantzig and Wolfe 1960; Wentges 1997, "Weighted Dantzig-Wolfe decomposition for linear mixed-integer
/// programming".
/// @tparam Function  dual_function, or another one with the same members.
template <class Function>
class column_generation {
 public:
  /// @param hint  prices near which the minimum is thought to be.
  column_generation(const Function& function, const std::vector<double>& hint, budget& b)
      : function_(function), budget_(b), unit_(units(function)), master_(capacities(), slack_costs()) {
    best_.prices = hint;
    best_.value = std::numeric_limits<double>::infinity();
    master_.enter(evaluate(hint), hint);
  }

  /// Complexity: O(steps classes log items), typically 10 to 60 steps.
  [[nodiscard]] dual_solution operator()() {
    constexpr std::size_t most_steps = 400;
    const double tolerance = 1e-15 * function_.magnitude();
    const std::size_t patience = 12 + 4 * unit_.size();
    std::size_t idle = 0;
    while (best_.steps < most_steps && idle < 4 * patience) {
      budget_.keep_going();
      const double before = best_.value;
      const std::vector<double> exact = master_prices();
      // Smoothed prices are better columns as a rule; where they lead nowhere, the exact ones must.
      std::vector<double> tried = idle < patience ? mixed(exact) : exact;
      break_solution s = evaluate(tried);
      if (master_.reduced_cost(s) <= tolerance) {
        tried = exact;
        s = evaluate(tried);
        if (master_.reduced_cost(s) <= tolerance) {
          break;
        }
      }
      idle = best_.value < before - tolerance ? 0 : idle + 1;
      master_.enter(s, tried);
    }
    best_.mixture = master_.mixture();
    return best_;
  }

 private:
  /// Units in which all items together use 1 of each row.
  [[nodiscard]] static std::vector<double> units(const Function& function) {
    std::vector<double> unit;
    for (std::size_t r = 0; r < function.rows(); ++r) {
      const double used = function.all_used(r);
      unit.push_back(used > 0 ? used : 1.0);
    }
    return unit;
  }
  [[nodiscard]] std::vector<double> capacities() const {
    std::vector<double> result;
    for (std::size_t r = 0; r < unit_.size(); ++r) {
      result.push_back(static_cast<double>(function_.capacity(r)) / unit_[r]);
    }
    return result;
  }
  [[nodiscard]] std::vector<double> slack_costs() const {
    std::vector<double> result;
    for (std::size_t r = 0; r < unit_.size(); ++r) {
      result.push_back(function_.slack_cost(r) * unit_[r]);
    }
    return result;
  }

  [[nodiscard]] std::vector<double> master_prices() const {
    std::vector<double> result;
    for (std::size_t r = 0; r < unit_.size(); ++r) {
      result.push_back((std::max)(-function_.slack_cost(r), master_.prices()[r] / unit_[r]));
    }
    return result;
  }
  [[nodiscard]] std::vector<double> mixed(const std::vector<double>& exact) const {
    std::vector<double> result;
    for (std::size_t r = 0; r < unit_.size(); ++r) {
      result.push_back(0.5 * best_.prices[r] + 0.5 * exact[r]);
    }
    return result;
  }

  /// The break solution at some prices in the master's units.
  [[nodiscard]] break_solution evaluate(const std::vector<double>& prices) {
    break_solution s = function_.at(prices);
    ++best_.steps;
    const double value = function_.value(prices, s);
    if (value < best_.value) {
      best_.value = value;
      best_.prices = prices;
    }
    for (std::size_t r = 0; r < unit_.size(); ++r) {
      s.used[r] /= unit_[r];
    }
    return s;
  }

  const Function& function_;
  budget& budget_;
  std::vector<double> unit_;
  master_problem<> master_;
  dual_solution best_;
};

/// The items near the line at some prices, with values counted from it: there L is a sum of few small terms, and
/// rounding is relative to these.
template <class = void>  // so that it is compiled where it is used only
class neighbourhood {
 public:
  /// @param reach  how many items of each class to take on either side of the line.
  neighbourhood(const dual_function<>& function, const std::vector<double>& prices, std::size_t reach, budget& b) {
    const relaxation& all = function.terms();
    capacities_.assign(all.capacities.begin(), all.capacities.end());
    for (std::size_t r = 0; r < prices.size(); ++r) {
      slack_costs_.push_back(all.slack_cost(r) + prices[r]);
    }
    for (std::size_t c = 0; c < all.classes(); ++c) {
      const double t = function.threshold(c, prices);
      const auto items = all.items.subspan(all.begin[c], all.begin[c + 1] - all.begin[c]);
      const auto line = static_cast<std::size_t>(
          std::partition_point(items.begin(), items.end(), [t](const window_item& i) { return i.value > t; }) -
          items.begin());
      const std::size_t first = line - (std::min)(line, reach);
      const std::size_t last = (std::min)(items.size(), line + reach);
      complete_ = complete_ && first == 0 && last == items.size();
      for (std::size_t i = first; i < last; ++i) {
        b.keep_going(i);
        items_.push_back({items[i].value - t, items[i].index});
      }
      begin_.push_back(items_.size());
      for (std::size_t r = 0; r < prices.size(); ++r) {
        capacities_[r] -= all.weights[c * prices.size() + r] * static_cast<std::int64_t>(first);
      }
    }
    weights_ = all.weights;
  }

  /// Whether nothing is left out.
  [[nodiscard]] bool complete() const noexcept { return complete_; }
  /// Whether keeping all that lies above fits.
  [[nodiscard]] bool fits() const noexcept {
    return std::all_of(capacities_.begin(), capacities_.end(), [](std::int64_t c) { return c >= 0; });
  }
  [[nodiscard]] relaxation terms() const noexcept { return {items_, begin_, weights_, capacities_, {}, slack_costs_}; }

 private:
  std::vector<window_item> items_;
  std::vector<std::size_t> begin_{0};
  std::span<const std::int64_t> weights_;
  std::vector<std::int64_t> capacities_;
  std::vector<double> slack_costs_;
  bool complete_ = true;
};

/// Minimizes L: over all items first, then over ever smaller neighbourhoods of the minimum, for the last digits.
/// @param terms  single items (no copies); capacities >= 0.
/// @param hint   prices near which the minimum is thought to be; empty: 0.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] dual_solution minimize_dual(const relaxation& terms, const std::vector<double>& hint, budget& b) {
  const dual_function function(terms, b);
  if (terms.rows() == 1) {
    one_price price(terms.items, terms.begin, terms.weights, terms.capacities[0]);
    const std::vector<double> prices{price()};
    return {prices, function.value(prices, function.at(prices)), price.steps(), {}};
  }
  dual_solution best = column_generation(function, hint.empty() ? std::vector<double>(terms.rows(), 0.0) : hint, b)();
  constexpr std::size_t last_reach = 12;
  std::size_t reach = last_reach;
  for (std::size_t c = 0; c < terms.classes(); ++c) {
    reach = (std::max)(reach, (terms.begin[c + 1] - terms.begin[c]) / 32);
  }
  for (int turn = 0; turn < 12; ++turn) {
    const neighbourhood near(function, best.prices, reach, b);
    if (!near.fits()) {
      reach *= 8;
      continue;
    }
    const dual_function local(near.terms(), b);
    const dual_solution found = column_generation(local, std::vector<double>(terms.rows(), 0.0), b)();
    best.steps += found.steps;
    std::vector<double> prices = best.prices;
    double moved = 0;
    for (std::size_t r = 0; r < terms.rows(); ++r) {
      moved = (std::max)(moved, std::abs(found.prices[r]) - 1e-13 * std::abs(best.prices[r]));
      prices[r] = (std::max)(0.0, prices[r] + found.prices[r]);
    }
    if (function.value(prices, function.at(prices)) > best.value + 1e-14 * function.magnitude()) {
      reach *= 8;  // the minimum of the neighbourhood lies outside of it, as where more items are equal than it holds
      if (near.complete()) {
        break;
      }
      continue;
    }
    best.prices = std::move(prices);
    best.value = (std::min)(best.value, function.value(best.prices, function.at(best.prices)));
    if (reach == last_reach && moved <= 0) {
      break;
    }
    reach = (std::max)(last_reach, reach / 32);
  }
  best.value = function.value(best.prices, function.at(best.prices));
  return best;
}

}  // namespace espalier::inline v0::knapsack::detail

#endif
