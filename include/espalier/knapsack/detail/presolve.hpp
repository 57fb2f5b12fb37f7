// SPDX-License-Identifier: Apache-2.0
// The problem without what decides nothing: rows that cannot bind, items that weigh nothing or fit nowhere, equal
// classes.
#ifndef ESPALIER_KNAPSACK_DETAIL_PRESOLVE_HPP
#define ESPALIER_KNAPSACK_DETAIL_PRESOLVE_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/problem.hpp>

namespace espalier::inline v0::knapsack::detail {

/// Consecutive items.
struct piece {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

/// Whether an item of these weights fits into what is left of each row.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] bool fits_in(std::span<const std::int64_t> weights, const std::vector<std::int64_t>& room) noexcept {
  return std::equal(weights.begin(), weights.end(), room.begin(),
                    [](std::int64_t weight, std::int64_t left) { return weight <= left; });
}

/// All items of one weight vector.
///
/// The best k of them are the k most valuable ones, so how many are kept is all there is to decide.
struct item_class {
  std::vector<piece> pieces;  ///< where the items lie, in ascending order
  std::uint64_t size = 0;     ///< how many they are
};

/// What is left to decide.
struct core_problem {
  std::vector<item_class> classes;       ///< distinct weight vectors, none of them zero, no class empty
  std::vector<std::int64_t> weights;     ///< classes x rows, divided by the gcd of the row
  std::vector<std::int64_t> capacities;  ///< of the rows that can bind, divided by the gcd of the row
  std::vector<std::size_t> rows;         ///< their numbers in the problem
  std::vector<std::int64_t> divisors;    ///< the gcd of each row
  std::vector<piece> free_pieces;        ///< items that weigh nothing where it matters; all kept

  [[nodiscard]] std::span<const std::int64_t> weights_of(std::size_t c) const noexcept {
    return {weights.data() + c * rows.size(), rows.size()};
  }
};

/// Finds equal weight vectors by hashing; the vectors live in a flat array.
template <class = void>  // so that it is compiled where it is used only
class weight_table {
 public:
  /// @param weights  where the vectors of known classes are appended.
  weight_table(std::vector<std::int64_t>& weights, std::size_t rows) : weights_(weights), rows_(rows), table_(16, 0) {}

  /// The number of the class with these weights; a new one if there is none yet.
  [[nodiscard]] std::uint32_t number_of(std::span<const std::int64_t> vector) {
    if (2 * (known_ + 1) > table_.size()) {
      grow();
    }
    const std::size_t place = find(vector);
    if (table_[place] == 0) {
      weights_.insert(weights_.end(), vector.begin(), vector.end());
      table_[place] = static_cast<std::uint32_t>(++known_);
    }
    return table_[place] - 1;
  }

 private:
  [[nodiscard]] std::span<const std::int64_t> known(std::size_t c) const {
    return std::span<const std::int64_t>(weights_).subspan(c * rows_, rows_);
  }
  [[nodiscard]] std::size_t find(std::span<const std::int64_t> vector) const {
    std::uint64_t hash = 0;
    for (const std::int64_t weight : vector) {
      hash = (hash ^ static_cast<std::uint64_t>(weight)) * 0x9E3779B97F4A7C15U;
      hash ^= hash >> 32U;
    }
    std::size_t place = static_cast<std::size_t>(hash) & (table_.size() - 1);
    while (table_[place] != 0 && !std::ranges::equal(known(table_[place] - 1), vector)) {
      place = (place + 1) & (table_.size() - 1);
    }
    return place;
  }
  void grow() {
    table_.assign(2 * table_.size(), 0);
    for (std::size_t c = 0; c < known_; ++c) {
      table_[find(known(c))] = static_cast<std::uint32_t>(c + 1);
    }
  }

  std::vector<std::int64_t>& weights_;
  std::size_t rows_;
  std::vector<std::uint32_t> table_;  // open addressing; 0 is empty, else class + 1
  std::size_t known_ = 0;
};

/// Which classes fit at all, and the rows whose capacity those together exceed.
struct what_matters {
  std::vector<std::uint8_t> fits;   ///< per class of the problem
  std::vector<std::uint64_t> size;  ///< items per class of the problem
  std::vector<std::size_t> rows;
};

template <class Value>
[[nodiscard]] what_matters find_what_matters(const problem<Value>& p, const std::vector<std::int64_t>& largest) {
  what_matters result;
  result.fits.assign(p.classes(), 1);
  result.size.assign(p.classes(), 0);
  for (const run& one : p.runs) {
    if (p.resources() > 0) {
      result.size[one.item_class] += one.count;
    }
  }
  std::vector<std::int64_t> total(p.resources(), 0);
  for (std::size_t c = 0; c < p.classes(); ++c) {
    const auto weights = p.weights_of(c);
    result.fits[c] = fits_in(weights, largest) ? 1 : 0;
    for (std::size_t r = 0; r < p.resources() && result.fits[c] != 0; ++r) {
      total[r] += weights[r] * static_cast<std::int64_t>(result.size[c]);
    }
  }
  for (std::size_t r = 0; r < p.resources(); ++r) {
    if (total[r] > p.capacities[r]) {
      result.rows.push_back(r);
    }
  }
  return result;
}

/// Drops rows that cannot bind and items that fit nowhere, divides rows by their gcd, merges classes of equal weights.
/// @param largest  capacities that will be asked for in the end, at least those of the problem.
/// @throws interrupted if told to stop.
/// Complexity: O(runs + classes resources); the items are not touched.
template <class Value>
[[nodiscard]] core_problem presolve(const problem<Value>& p, const std::vector<std::int64_t>& largest, budget& b) {
  const what_matters matters = find_what_matters(p, largest);
  core_problem core;
  core.rows = matters.rows;
  for (const std::size_t row : core.rows) {
    std::int64_t divisor = 0;
    for (std::size_t c = 0; c < p.classes(); ++c) {
      divisor = matters.size[c] == 0 || matters.fits[c] == 0 ? divisor : std::gcd(divisor, p.weights_of(c)[row]);
    }
    core.divisors.push_back(divisor);
    core.capacities.push_back(p.capacities[row] / divisor);
  }

  constexpr std::uint32_t is_free = ~std::uint32_t{0};
  std::vector<std::uint32_t> number(p.classes(), is_free);
  weight_table table(core.weights, core.rows.size());
  std::vector<std::int64_t> weights(core.rows.size());
  for (std::size_t c = 0; c < p.classes(); ++c) {
    b.keep_going(c);
    if (matters.fits[c] == 0 || matters.size[c] == 0) {
      continue;
    }
    for (std::size_t i = 0; i < core.rows.size(); ++i) {
      weights[i] = p.weights_of(c)[core.rows[i]] / core.divisors[i];
    }
    if (std::any_of(weights.begin(), weights.end(), [](std::int64_t w) { return w != 0; })) {
      number[c] = table.number_of(weights);
      core.classes.resize((std::max)(core.classes.size(), std::size_t{number[c]} + 1));
    }
  }
  std::uint64_t item = 0;
  for (std::size_t i = 0; i < p.runs.size(); ++i) {
    b.keep_going(i);
    const run& one = p.runs[i];
    const piece here{item, one.count};
    item += one.count;
    if (one.count == 0 || (p.resources() > 0 && matters.fits[one.item_class] == 0)) {
      continue;
    }
    const std::uint32_t c = p.resources() > 0 ? number[one.item_class] : is_free;
    if (c == is_free) {
      core.free_pieces.push_back(here);
    } else {
      core.classes[c].pieces.push_back(here);
      core.classes[c].size += one.count;
    }
  }
  return core;
}

/// Prices of the core's rows as multipliers of the problem's resources.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] std::vector<double> multipliers_of(const core_problem& core, const std::vector<double>& prices,
                                                 std::size_t resources) {
  std::vector<double> result(resources, 0.0);
  for (std::size_t i = 0; i < core.rows.size(); ++i) {
    result[core.rows[i]] = prices[i] / static_cast<double>(core.divisors[i]);
  }
  return result;
}

}  // namespace espalier::inline v0::knapsack::detail

#endif
