// SPDX-License-Identifier: Apache-2.0
// Prices as exact fractions: those at which as many items as there are rows are worth exactly what they cost.
#ifndef ESPALIER_KNAPSACK_DETAIL_PRICES_HPP
#define ESPALIER_KNAPSACK_DETAIL_PRICES_HPP

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <espalier/base/view_of.hpp>
#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/fixed_point.hpp>
#include <espalier/knapsack/detail/lattice.hpp>
#include <espalier/knapsack/detail/presolve.hpp>
#include <espalier/knapsack/detail/relaxation.hpp>
#include <espalier/knapsack/detail/sorting.hpp>
#include <espalier/knapsack/detail/window.hpp>

namespace espalier::inline v0::knapsack::detail {

/// Prices lambda = scaled / factor in the fixed point of the values, all >= 0.
struct exact_prices {
  std::vector<int128> scaled;
  std::int64_t factor = 1;  ///< what values are multiplied by to compare with scaled prices

  /// What a unit of each row of these weights costs in all.
  [[nodiscard]] int128 cost(std::span<const std::int64_t> weights) const noexcept {
    int128 sum = 0;
    for (std::size_t r = 0; r < weights.size(); ++r) {
      sum += scaled[r] * weights[r];
    }
    return sum;
  }
};

/// The prices to the nearest whole number of the fixed point.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] exact_prices rounded_prices(const std::vector<double>& prices, const fixed_point& scale) {
  exact_prices result;
  for (const double price : prices) {
    result.scaled.push_back(static_cast<int128>((std::max)(0.0, std::floor(scale.scaled(price) + 0.5))));
  }
  return result;
}

/// L(lambda) less what is kept above the windows, times the factor.
/// @throws interrupted if told to stop.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] int128 exact_dual(const core_problem& core, const windows& w, const fixed_point& scale,
                                const exact_prices& prices, budget& b) {
  int128 sum = prices.cost(view_of(w.remaining));
  for (std::size_t c = 0; c < w.classes(); ++c) {
    const int128 t = prices.cost(core.weights_of(c));
    const auto items = w.of(c);
    for (std::size_t i = 0; i < items.size(); ++i) {
      b.keep_going(i);
      const int128 r = int128{scale.round(items[i].value)} * prices.factor - t;
      if (r <= 0) {
        break;
      }
      sum += r;
    }
  }
  return sum;
}

/// A column of the relaxed problem that seems to be at its turning point.
struct candidate {
  double distance = 0;                ///< from there, relative
  std::vector<std::int64_t> weights;  ///< of an item, or a unit of slack
  std::int64_t value = 0;             ///< of the item in fixed point; 0 for slack
};

template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] std::vector<candidate> turning_points(const core_problem& core, const windows& w,
                                                    const fixed_point& scale, const std::vector<double>& prices) {
  std::vector<candidate> result;
  double dearest = 0;
  for (std::size_t c = 0; c < w.classes(); ++c) {
    const auto weights = core.weights_of(c);
    const double t = cost_of(prices, weights);
    dearest = (std::max)(dearest, t);
    const auto items = w.of(c);
    const auto line = items.begin() + static_cast<std::ptrdiff_t>(count_above(items, t));
    for (auto item = line - (line == items.begin() ? 0 : 1); item != items.end() && item <= line; ++item) {
      result.push_back({std::abs(item->value - t), {weights.begin(), weights.end()}, scale.round(item->value)});
    }
  }
  for (std::size_t r = 0; r < prices.size(); ++r) {
    std::vector<std::int64_t> unit(prices.size(), 0);
    unit[r] = 1;
    result.push_back({prices[r], std::move(unit), 0});
  }
  for (candidate& one : result) {
    one.distance /= dearest > 0 ? dearest : 1.0;
  }
  return result;
}

/// Solves lambda w_b = v_b for the rows() columns nearest to their turning points; nothing if they do not fit.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] std::optional<exact_prices> vertex_prices(const std::vector<candidate>& candidates, std::size_t rows) {
  constexpr std::int64_t largest_factor = std::int64_t{1} << 40U;
  std::vector<std::int64_t> keys;
  for (const candidate& one : candidates) {
    keys.push_back(std::bit_cast<std::int64_t>(one.distance));  // in the same order, as none is negative
  }
  independent_vectors independent(rows);
  std::vector<std::vector<std::int64_t>> basis;
  std::vector<std::int64_t> values;
  for (const std::uint32_t place : order_of(keys)) {
    const candidate& one = candidates[place];
    if (basis.size() < rows && independent.add(one.weights)) {
      basis.push_back(one.weights);
      values.push_back(one.value);
    }
  }
  const auto inverse = basis.size() == rows ? invert(basis) : std::nullopt;
  if (!inverse || inverse->denominator > largest_factor) {
    return std::nullopt;
  }
  exact_prices result{std::vector<int128>(rows, 0), inverse->denominator};
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t b = 0; b < rows; ++b) {
      const std::int64_t entry = inverse->scaled[b * rows + r];
      if (entry > largest_factor || entry < -largest_factor) {
        return std::nullopt;
      }
      result.scaled[r] += int128{values[b]} * entry;
    }
    if (result.scaled[r] < 0) {
      return std::nullopt;
    }
  }
  return result;
}

/// How many of the last bits of the fixed point no value in the windows has.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] int unused_bits(const windows& w, const fixed_point& scale, budget& b) {
  std::uint64_t used = std::uint64_t{1} << 53U;
  for (std::size_t i = 0; i < w.items.size() && used % 2 == 0; ++i) {
    b.keep_going(i);
    used |= static_cast<std::uint64_t>(scale.round(w.items[i].value));
  }
  return std::countr_zero(used);
}

/// Prices in a fixed point with so many bits less than the one of the problem.
struct sharp_prices {
  exact_prices prices;
  int unused = 0;
};

/// Prices at the very corner that the given ones are close to, if that bounds no worse; else these, rounded.
///
/// At a corner, ties have a regret of exactly 0, without which plateaus of equal values could not be closed. Its prices
/// are made of values, so they are whole in the coarsest fixed point that values are, which leaves room for the factor.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] sharp_prices sharpen(const core_problem& core, const windows& w, const fixed_point& scale,
                                   const std::vector<double>& prices, budget& b) {
  exact_prices rounded = rounded_prices(prices, scale);
  const int bits = unused_bits(w, scale, b);
  const fixed_point coarse = scale.coarser(bits);
  auto corner = vertex_prices(turning_points(core, w, coarse, prices), prices.size());
  if (corner && exact_dual(core, w, coarse, *corner, b) * (int128{1} << static_cast<unsigned>(bits)) <=
                    (exact_dual(core, w, scale, rounded, b) + int128{1}) * corner->factor) {
    return {*std::move(corner), bits};
  }
  return {std::move(rounded), 0};
}

}  // namespace espalier::inline v0::knapsack::detail

#endif
