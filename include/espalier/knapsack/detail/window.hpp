// SPDX-License-Identifier: Apache-2.0
// The few items of each class that are near the line between kept and not, sorted: all that is left undecided.
#ifndef ESPALIER_KNAPSACK_DETAIL_WINDOW_HPP
#define ESPALIER_KNAPSACK_DETAIL_WINDOW_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace espalier::inline v0::knapsack::detail {

/// An item of a window. Indices reach 2^32.
struct window_item {
  double value = 0;
  std::uint32_t index = 0;

  /// The order in which items of a class are kept: the more valuable first, the lower index among equals.
  friend bool operator<(const window_item& a, const window_item& b) noexcept {
    return a.value > b.value || (a.value == b.value && a.index < b.index);
  }
};

/// The values between which the items of a class are undecided, both included.
struct value_range {
  double low = 0;
  double high = std::numeric_limits<double>::infinity();
};

/// The windows of all classes, one behind the other.
struct windows {
  std::vector<window_item> items;       ///< each class sorted
  std::vector<std::size_t> begin{0};    ///< class c has items begin[c] to begin[c + 1]
  std::vector<std::uint64_t> above;     ///< per class, items more valuable than its window: kept
  std::vector<std::uint64_t> below;     ///< per class, items less valuable: not kept
  std::vector<value_range> ranges;      ///< per class
  std::vector<std::int64_t> remaining;  ///< per row, the capacity less what the items above use; may be negative

  [[nodiscard]] std::size_t classes() const noexcept { return begin.size() - 1; }
  [[nodiscard]] std::span<const window_item> of(std::size_t c) const noexcept {
    return std::span(items).subspan(begin[c], begin[c + 1] - begin[c]);
  }
};

/// Sorts what may come sorted already, as equal values do.
inline void sort_items(std::span<window_item> items) {
  if (!std::is_sorted(items.begin(), items.end())) {
    std::sort(items.begin(), items.end());
  }
}

}  // namespace espalier::inline v0::knapsack::detail

#endif
