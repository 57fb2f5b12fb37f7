// SPDX-License-Identifier: Apache-2.0
// One pass over the values: above the window kept, inside collected, below not.
#ifndef ESPALIER_KNAPSACK_DETAIL_SCAN_HPP
#define ESPALIER_KNAPSACK_DETAIL_SCAN_HPP

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <espalier/base/sum.hpp>
#include <espalier/knapsack/detail/budget.hpp>
#include <espalier/knapsack/detail/presolve.hpp>
#include <espalier/knapsack/detail/window.hpp>

namespace espalier::inline v0::knapsack::detail {

/// Values are read in blocks that stay in the nearest cache, once for each thing that is asked of them: several short
/// loops without branches are faster than one that does it all.
constexpr std::size_t scan_block = 512;

/// The sum of a block of at most scan_block kept values, in eight strands: no sum has more than 64 terms.
template <class Value>
[[nodiscard]] double sum_above(std::span<const Value> values, Value bound) noexcept {
  std::array<double, 8> strands{};
  std::size_t i = 0;
  for (; i + 8 <= values.size(); i += 8) {
    for (std::size_t k = 0; k < 8; ++k) {
      strands[k] += values[i + k] > bound ? static_cast<double>(values[i + k]) : 0.0;
    }
  }
  for (; i < values.size(); ++i) {
    strands[0] += values[i] > bound ? static_cast<double>(values[i]) : 0.0;
  }
  return ((strands[0] + strands[1]) + (strands[2] + strands[3])) +
         ((strands[4] + strands[5]) + (strands[6] + strands[7]));
}

/// The largest value; all are >= 0. Of none: 0.
template <class Value>
[[nodiscard]] double largest_value(std::span<const Value> values) noexcept {
  std::array<Value, 8> strands{};
  std::size_t i = 0;
  for (; i + 8 <= values.size(); i += 8) {
    for (std::size_t k = 0; k < 8; ++k) {
      strands[k] = values[i + k] > strands[k] ? values[i + k] : strands[k];
    }
  }
  for (; i < values.size(); ++i) {
    strands[0] = values[i] > strands[0] ? values[i] : strands[0];
  }
  return static_cast<double>(*std::max_element(strands.begin(), strands.end()));
}

/// Splits the items by their windows.
template <class Value>
class scanner {
 public:
  /// @param values  of all items; not owned.
  explicit scanner(std::span<const Value> values) : values_(values), kept_(values.size(), 0) {}

  /// Keeps all items of a piece.
  void keep(const piece& all) {
    std::fill_n(kept_.begin() + static_cast<std::ptrdiff_t>(all.first), all.count, std::uint8_t{1});
    for (std::uint64_t at = all.first; at < all.first + all.count; at += scan_block) {
      const std::size_t size =
          static_cast<std::size_t>((std::min<std::uint64_t>)(scan_block, all.first + all.count - at));
      free_.add(sum_above<Value>(values_.subspan(at, size), Value{-1}));
    }
  }

  /// @param core    the classes.
  /// @param ranges  one per class.
  /// @param b       looked at between blocks; interrupted, the scanner is of no more use.
  /// @return the windows, sorted.   Complexity: O(n) and sorting what lies in the ranges.
  [[nodiscard]] windows operator()(const core_problem& core, const std::vector<value_range>& ranges, budget& b) {
    above_ = compensated_sum{};
    windows result;
    result.ranges = ranges;
    result.remaining = core.capacities;
    for (std::size_t c = 0; c < core.classes.size(); ++c) {
      const std::uint64_t above = scan_class(core.classes[c], ranges[c], result.items, b);
      b.keep_going();
      const std::size_t first = result.begin.back();
      result.begin.push_back(result.items.size());
      sort_items(std::span(result.items).subspan(first), b);
      result.above.push_back(above);
      result.below.push_back(core.classes[c].size - above - (result.items.size() - first));
      for (std::size_t r = 0; r < core.rows.size(); ++r) {
        result.remaining[r] -= core.weights_of(c)[r] * static_cast<std::int64_t>(above);
      }
    }
    return result;
  }

  /// The items kept so far; those in windows are not.
  [[nodiscard]] std::vector<std::uint8_t>& kept() noexcept { return kept_; }
  /// The value of the items kept so far.
  [[nodiscard]] compensated_sum value() const noexcept {
    compensated_sum total = free_;
    total.add(above_.result());
    return total;
  }

 private:
  [[nodiscard]] std::uint64_t scan_class(const item_class& one, const value_range& range,
                                         std::vector<window_item>& items, budget& b) {
    std::uint64_t above = 0;
    std::uint64_t blocks = 0;
    for (const piece& part : one.pieces) {
      const std::uint64_t end = part.first + part.count;
      for (std::uint64_t at = part.first; at < end;) {
        if (++blocks % 1024 == 0) {
          b.keep_going();
        }
        // No block reaches beyond an index where the range begins or ends: within a block values decide alone.
        std::uint64_t stop = (std::min)(end, at + scan_block);
        stop = range.begin > at ? (std::min)(stop, range.begin) : stop;
        stop = range.end > at ? (std::min)(stop, range.end) : stop;
        above += scan_piece({at, stop - at}, bounds_at(range, at), items);
        at = stop;
      }
    }
    return above;
  }

  /// Values above the high one are kept, those that are not below the low one are undecided.
  struct bounds {
    Value low;
    Value high;
  };

  /// The bounds for items from an index on.
  [[nodiscard]] static bounds bounds_at(const value_range& range, std::uint64_t index) {
    constexpr Value infinity = std::numeric_limits<Value>::infinity();
    // The ranges are exact in Value: they come from values, or are infinite.
    const bounds all{static_cast<Value>(range.low), static_cast<Value>(range.high)};
    return {index < range.end ? all.low : std::nextafter(all.low, infinity),
            index < range.begin ? std::nextafter(all.high, -infinity) : all.high};
  }

  /// Splits at most scan_block items.
  [[nodiscard]] std::uint64_t scan_piece(const piece& part, const bounds& range, std::vector<window_item>& items) {
    const auto block = values_.subspan(part.first, part.count);
    std::uint8_t* kept = &kept_[part.first];
    std::uint32_t above = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
      kept[i] = block[i] > range.high ? 1 : 0;
    }
    for (std::size_t i = 0; i < block.size(); ++i) {
      above += kept[i];
    }
    above_.add(sum_above<Value>(block, range.high));
    collect(block, range, part.first, items);
    return above;
  }

  void collect(std::span<const Value> block, const bounds& range, std::uint64_t first,
               std::vector<window_item>& items) {
    std::array<std::uint16_t, scan_block> inside;  // NOLINT: every entry that is read is written first
    std::size_t found = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
      inside[found] = static_cast<std::uint16_t>(i);
      found += static_cast<std::size_t>(static_cast<unsigned>(block[i] >= range.low) &
                                        static_cast<unsigned>(block[i] <= range.high));
    }
    for (std::size_t k = 0; k < found; ++k) {
      // Adding 0 makes negative zero positive.
      items.push_back({static_cast<double>(block[inside[k]]) + 0.0, static_cast<std::uint32_t>(first + inside[k])});
    }
  }

  std::span<const Value> values_;
  std::vector<std::uint8_t> kept_;
  compensated_sum free_;
  compensated_sum above_;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
