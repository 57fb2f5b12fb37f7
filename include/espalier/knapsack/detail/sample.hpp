// SPDX-License-Identifier: Apache-2.0
// Guesses from a sample which values are near the line between kept and not. A wrong guess costs time, nothing else.
#ifndef ESPALIER_KNAPSACK_DETAIL_SAMPLE_HPP
#define ESPALIER_KNAPSACK_DETAIL_SAMPLE_HPP

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <espalier/base/random_generator.hpp>
#include <espalier/base/view_of.hpp>
#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/column_generation.hpp>
#include <espalier/knapsack/detail/master_problem.hpp>
#include <espalier/knapsack/detail/presolve.hpp>
#include <espalier/knapsack/detail/relaxation.hpp>
#include <espalier/knapsack/detail/window.hpp>

namespace espalier::inline v0::knapsack::detail {

/// Ranges to look into, and the prices that they are built around.
struct sampled_ranges {
  std::vector<value_range> ranges;  ///< per class
  std::vector<double> prices;       ///< per row; empty if nothing was sampled
};

/// Some items of every class: sorted values, and for how many items each stands.
struct sample {
  std::vector<window_item> items;
  std::vector<std::size_t> begin{0};
  std::vector<double> copies;
};

/// Draws stratified samples: one item at random from each of equally long stretches of a class.
template <class Value>
class sampler {
 public:
  static constexpr std::uint64_t small_problem = 32768;  ///< items up to which there is nothing to save
  static constexpr std::uint64_t small_class = 64;       ///< draws up to which a class is better taken whole
  static constexpr std::size_t most_equal = 8;  ///< times what chance allows: equal values up to which are taken whole

  sampler(const core_problem& core, std::span<const Value> values, budget& b)
      : core_(core), values_(values), budget_(b) {
    for (const item_class& c : core.classes) {
      items_ += c.size;
    }
  }

  /// Guesses the ranges: the sample's thresholds, give or take how far those of two halves differ from them and what
  /// chance allows in ranks.   Complexity: O(m log m) with m = max(8192, 2 n^(2/3)) draws.
  [[nodiscard]] sampled_ranges operator()() {
    if (items_ <= small_problem) {
      return {std::vector<value_range>(core_.classes.size()), {}};
    }
    draws_ = (std::max)(8192.0, 2 * std::pow(static_cast<double>(items_), 2.0 / 3.0));
    const std::array<sample, 2> halves{draw(), draw()};
    const sample all = merge(halves);
    const dual_solution middle = relax(all, std::vector<double>(core_.rows.size(), 0.0));
    const std::array<std::vector<double>, 2> sides{relax(halves[0], middle.prices).prices,
                                                   relax(halves[1], middle.prices).prices};
    sampled_ranges result{{}, middle.prices};
    for (std::size_t c = 0; c < core_.classes.size(); ++c) {
      result.ranges.push_back(is_whole(c) ? value_range{} : range_of(c, all, middle, sides));
    }
    return result;
  }

 private:
  [[nodiscard]] std::uint64_t draws_of(std::size_t c) const {
    return static_cast<std::uint64_t>(draws_ / 2 * static_cast<double>(core_.classes[c].size) /
                                      static_cast<double>(items_)) +
           small_class;
  }
  [[nodiscard]] bool is_whole(std::size_t c) const { return core_.classes[c].size <= 4 * draws_of(c); }

  [[nodiscard]] sample draw() {
    sample result;
    for (std::size_t c = 0; c < core_.classes.size(); ++c) {
      budget_.keep_going(c);
      const item_class& one = core_.classes[c];
      const std::uint64_t count = is_whole(c) ? one.size : draws_of(c);
      const double stretch = static_cast<double>(one.size) / static_cast<double>(count);
      std::size_t part = 0;
      std::uint64_t passed = 0;  // items of the class before this part
      for (std::uint64_t i = 0; i < count; ++i) {
        const double shift = is_whole(c) ? 0.5 : random_.uniform();
        const auto place =
            (std::min)(one.size - 1, static_cast<std::uint64_t>((static_cast<double>(i) + shift) * stretch));
        while (place - passed >= one.pieces[part].count) {
          passed += one.pieces[part++].count;
        }
        const std::uint64_t index = one.pieces[part].first + (place - passed);
        result.items.push_back({static_cast<double>(values_[index]) + 0.0, static_cast<std::uint32_t>(index)});
      }
      sort_items(std::span(result.items).subspan(result.begin.back()), budget_);
      result.begin.push_back(result.items.size());
      result.copies.push_back(stretch);
    }
    return result;
  }

  [[nodiscard]] static sample merge(const std::array<sample, 2>& halves) {
    sample result;
    result.items.resize(halves[0].items.size() + halves[1].items.size());
    for (std::size_t c = 0; c + 1 < halves[0].begin.size(); ++c) {
      const auto part = [c](const sample& s) {
        return std::span(s.items).subspan(s.begin[c], s.begin[c + 1] - s.begin[c]);
      };
      const auto first = part(halves[0]);
      const auto second = part(halves[1]);
      std::merge(first.begin(), first.end(), second.begin(), second.end(),
                 result.items.begin() + static_cast<std::ptrdiff_t>(result.begin.back()));
      result.begin.push_back(result.begin.back() + first.size() + second.size());
      result.copies.push_back(halves[0].copies[c] / 2);
    }
    return result;
  }

  [[nodiscard]] dual_solution relax(const sample& s, const std::vector<double>& hint) const {
    const dual_function function(
        {view_of(s.items), view_of(s.begin), view_of(core_.weights), view_of(core_.capacities), view_of(s.copies), {}},
        budget_);
    return column_generation(function, hint, budget_)();
  }

  [[nodiscard]] value_range range_of(std::size_t c, const sample& all, const dual_solution& middle,
                                     const std::array<std::vector<double>, 2>& sides) const {
    const auto items = std::span(all.items).subspan(all.begin[c], all.begin[c + 1] - all.begin[c]);
    const auto weights = core_.weights_of(c);
    const double t = cost_of(middle.prices, weights);
    const double apart = (std::max)(std::abs(cost_of(sides[0], weights) - t), std::abs(cost_of(sides[1], weights) - t));
    const double spread = 2 * apart + 1e-9 * t;  // values equal to t are on neither side of it
    // A price that is off by chance moves every class by about half the square root of all draws, in its share.
    const auto chance = static_cast<std::size_t>(5 + 1.5 * static_cast<double>(items.size()) /
                                                         std::sqrt(static_cast<double>(all.items.size())));
    std::size_t first = count_above(items, t + spread);
    std::size_t last = count_above(items, t - spread);
    if (last - first > most_equal * chance) {  // equal values: only those near the last one kept are of interest
      const auto kept = static_cast<std::size_t>(count_in(middle.mixture, items, weights));
      first = last = (std::clamp)(kept, first, last);
    }
    value_range range;
    if (first >= chance) {
      range.high = items[first - chance].value;
      range.begin = items[first - chance].index;
    }
    if (last + chance < items.size()) {
      range.low = items[last + chance].value;
      range.end = std::uint64_t{items[last + chance].index} + 1;
    }
    return range;
  }

  const core_problem& core_;
  std::span<const Value> values_;
  budget& budget_;
  std::uint64_t items_ = 0;
  double draws_ = 0;
  random_generator random_{0x6B6E6170};
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
