// SPDX-License-Identifier: Apache-2.0
// The best value against the capacity of one resource, for many capacities in one go.
#ifndef ESPALIER_KNAPSACK_PARETO_HPP
#define ESPALIER_KNAPSACK_PARETO_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/sum.hpp>
#include <espalier/knapsack/detail/column_generation.hpp>
#include <espalier/knapsack/detail/presolve.hpp>
#include <espalier/knapsack/detail/relaxation.hpp>
#include <espalier/knapsack/detail/scan.hpp>
#include <espalier/knapsack/detail/window_solver.hpp>
#include <espalier/knapsack/problem.hpp>
#include <espalier/knapsack/solution.hpp>
#include <espalier/knapsack/solve.hpp>
#include <espalier/knapsack/solve_options.hpp>
#include <espalier/knapsack/validate.hpp>

namespace espalier::inline v0::knapsack {

/// The optimum at one capacity.
struct pareto_point {
  std::int64_t capacity = 0;        ///< of the resource that is varied
  double value = 0;                 ///< the sum of the values of the kept items
  double bound = 0;                 ///< a proven upper bound on the value of every feasible choice
  std::int64_t used = 0;            ///< what the kept items weigh in that resource
  std::vector<double> multipliers;  ///< the price of a unit of each resource behind the bound
  knapsack::status status = knapsack::status::infeasible;

  /// @return how far the value can be from the optimum, relative to the bound; 0 if it is proven optimal.
  [[nodiscard]] double gap() const noexcept {
    return status == knapsack::status::optimal || bound <= 0 ? 0 : (bound - value) / bound;
  }
};

namespace detail {

/// A point to which a stop came before anything was known: nothing is kept, and the bound is one that all values have.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] pareto_point keep_nothing(std::int64_t capacity, std::size_t resources, double bound) {
  return {capacity, 0, bound, 0, std::vector<double>(resources, 0.0), status::feasible};
}

/// All items sorted once; a capacity then takes a look at the few items near its line.
template <class Value>
class frontier {
 public:
  /// @param p         the problem with the least of the capacities.
  /// @param largest   all capacities, with the largest one in `resource`.
  /// @param resource  the one that is varied.
  /// @param b         what stops the preparations; they throw interrupted then.
  frontier(const problem<Value>& p, const std::vector<std::int64_t>& largest, std::size_t resource, budget& b)
      : problem_(p), core_(presolve(p, largest, b)), scale_(largest_value(p.values)) {
    scanner<Value> scan(p.values);
    for (const piece& part : core_.free_pieces) {
      scan.keep(part);
    }
    free_ = scan.value().result();
    all_ = scan(core_, std::vector<value_range>(core_.classes.size()), b);
    for (std::size_t c = 0; c < all_.classes(); ++c) {
      compensated_sum sum;
      sums_.push_back(0);
      for (const window_item& item : all_.of(c)) {
        b.keep_going(sums_.size());
        sum.add(item.value);
        sums_.push_back(sum.result());
      }
    }
    const what_matters matters = find_what_matters(p, largest);
    for (std::size_t c = 0; c < p.classes(); ++c) {
      everything_ += matters.fits[c] == 0 ? 0 : p.weights_of(c)[resource] * static_cast<std::int64_t>(matters.size[c]);
    }
    const auto row = std::find(core_.rows.begin(), core_.rows.end(), resource);
    varied_ = static_cast<std::size_t>(row - core_.rows.begin());
    capacities_ = core_.capacities;
    function_.emplace(relaxation{all_.items, all_.begin, core_.weights, capacities_, {}, {}}, b);
  }
  frontier(const frontier&) = delete;
  frontier& operator=(const frontier&) = delete;

  /// @param options  limits for this point.
  [[nodiscard]] pareto_point at(std::int64_t capacity, const solve_options& options) {
    if (varied_ < capacities_.size()) {
      capacities_[varied_] = capacity / core_.divisors[varied_];
    }
    pareto_point point;
    point.capacity = capacity;
    if (core_.classes.empty()) {
      point.value = point.bound = free_;
      point.used = everything_;
      point.multipliers.assign(problem_.resources(), 0.0);
      point.status = status::optimal;
      return point;
    }
    try {
      solve(point, options);
    } catch (const interrupted&) {
      return keep_nothing(capacity, problem_.resources(), free_ + function_->magnitude() * (1 + 1e-12));
    }
    return point;
  }

 private:
  struct slice {
    windows window;
    double above = 0;
  };

  void solve(pareto_point& point, const solve_options& options) {
    budget limits(options);
    prices_.resize(core_.rows.size(), 0.0);
    prices_ = column_generation(*function_, prices_, limits)().prices;
    window_solver<Value> solver(core_, scale_, options.relative_gap, limits);
    for (std::size_t reach = (std::max)(std::size_t{32}, 8192 / core_.classes.size());; reach *= 8) {
      const slice near = cut(reach);
      if (const auto choice = solver(near.window, near.above, prices_)) {
        fill(point, near.window, *choice);
        return;
      }
      prices_ = solver.prices().empty() ? prices_ : solver.prices();
    }
  }

  /// The windows of `reach` items on either side of the line at the current prices.
  [[nodiscard]] slice cut(std::size_t reach) const {
    slice result;
    compensated_sum above;
    above.add(free_);
    result.window.remaining = capacities_;
    for (std::size_t c = 0; c < all_.classes(); ++c) {
      const auto items = all_.of(c);
      const std::size_t line = count_above(items, function_->threshold(c, prices_));
      const std::size_t first = line - (std::min)(line, reach);
      const std::size_t last = (std::min)(items.size(), line + reach);
      const auto inside = items.subspan(first, last - first);
      result.window.items.insert(result.window.items.end(), inside.begin(), inside.end());
      result.window.begin.push_back(result.window.items.size());
      result.window.above.push_back(first);
      result.window.below.push_back(items.size() - last);
      result.window.ranges.push_back(inside.empty() ? value_range{}
                                                    : value_range{inside.back().value, inside.front().value});
      above.add(sums_[all_.begin[c] + c + first]);
      for (std::size_t r = 0; r < capacities_.size(); ++r) {
        result.window.remaining[r] -= core_.weights_of(c)[r] * static_cast<std::int64_t>(first);
      }
    }
    result.above = above.result();
    return result;
  }

  void fill(pareto_point& point, const windows& w, const window_choice& choice) const {
    point.value = choice.value;
    point.bound = choice.bound;
    point.status = choice.optimal ? status::optimal : status::feasible;
    point.multipliers = multipliers_of(core_, choice.prices, problem_.resources());
    point.used = varied_ < core_.rows.size() ? 0 : everything_;
    for (std::size_t i = 0; i < core_.rows.size(); ++i) {
      std::int64_t used = 0;
      for (std::size_t c = 0; c < core_.classes.size(); ++c) {
        used += core_.weights_of(c)[i] * static_cast<std::int64_t>(w.above[c] + choice.kept[c]);
      }
      if (used > capacities_[i]) {
        throw std::logic_error("espalier::knapsack::pareto: an answer exceeds a capacity; please report this");
      }
      point.used = i == varied_ ? used * core_.divisors[i] : point.used;
    }
  }

  const problem<Value>& problem_;
  core_problem core_;
  fixed_point scale_;
  double free_ = 0;
  std::int64_t everything_ = 0;  // what all items that fit weigh in the varied resource
  windows all_;
  std::vector<double> sums_;  // per class, of its first k items, k = 0 and up
  std::size_t varied_ = 0;
  std::vector<std::int64_t> capacities_;
  std::optional<dual_function<>> function_;
  std::vector<double> prices_;
};

}  // namespace detail

/// The best value against the capacity of one resource, the other capacities fixed: what a budget costs, at a glance.
///
/// Each point is as exact as `solve`; the items are sorted once for all. Whoever wants the items of a point solves for
/// its capacity.
/// @param p           the problem, at most 2^32 items; its own capacity of that resource does not matter.
/// @param resource    index of the resource to vary.
/// @param capacities  for which to solve, each >= 0, in any order.
/// @param options     limits for each point.
/// @return one point for each capacity, in the same order.
/// @throws what solve throws; argument_error if the resource does not exist or a capacity is negative.
/// Complexity: O(n log n) and a search for each point. Memory: 32 bytes an item.
template <class Value>
[[nodiscard]] std::vector<pareto_point> pareto(const problem<Value>& p, std::size_t resource,
                                               std::span<const std::int64_t> capacities,
                                               const solve_options& options = {}) {
  if (resource >= p.resources()) {
    reject<argument_error>("knapsack::pareto", {"resource ", resource}, {"one below ", p.resources()});
  }
  for (std::size_t i = 0; i < capacities.size(); ++i) {
    if (capacities[i] < 0) {
      reject<argument_error>("knapsack::pareto", {"capacity ", capacities[i], " at ", i}, {"capacities >= 0"});
    }
  }
  if (capacities.empty()) {
    return {};
  }
  problem<Value> least = p;
  std::vector<std::int64_t> largest = p.capacities;
  least.capacities[resource] = *std::min_element(capacities.begin(), capacities.end());
  largest[resource] = *std::max_element(capacities.begin(), capacities.end());
  detail::validate_all(least, options);
  const solve_options preparations{.stop = options.stop};
  detail::budget unlimited(preparations);
  std::optional<detail::frontier<Value>> curve;
  try {
    curve.emplace(least, largest, resource, unlimited);
  } catch (const detail::interrupted&) {  // then there is no curve
  }
  const double bound = curve ? 0 : detail::bound_of_all(least);
  std::vector<pareto_point> points;
  for (const std::int64_t capacity : capacities) {
    points.push_back(curve ? curve->at(capacity, options) : detail::keep_nothing(capacity, least.resources(), bound));
  }
  return points;
}

}  // namespace espalier::inline v0::knapsack

#endif
