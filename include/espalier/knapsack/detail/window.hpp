// SPDX-License-Identifier: Apache-2.0
// The few items of each class that are near the line between kept and not, sorted: all that is left undecided.
#ifndef ESPALIER_KNAPSACK_DETAIL_WINDOW_HPP
#define ESPALIER_KNAPSACK_DETAIL_WINDOW_HPP

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <espalier/knapsack/detail/budget.hpp>

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

/// How many of the items of a class, sorted, are worth more than a price.   Complexity: O(log items).
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] std::size_t count_above(std::span<const window_item> items, double price) noexcept {
  return static_cast<std::size_t>(
      std::partition_point(items.begin(), items.end(), [price](const window_item& i) { return i.value > price; }) -
      items.begin());
}

/// The items of a class that are undecided: in the order in which items are kept, those from index `begin` on among the
/// items worth `high`, to those below index `end` among the items worth `low`.
///
/// Where values differ, low and high say it all; where millions are equal, a range can begin and end among these.
struct value_range {
  double low = 0;
  double high = std::numeric_limits<double>::infinity();
  std::uint64_t begin = 0;
  std::uint64_t end = (std::numeric_limits<std::uint64_t>::max)();
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
    return {items.data() + begin[c], begin[c + 1] - begin[c]};
  }
};

/// Sorts by the bits of the values, eleven at a time, from the last: a stable sort in six passes over the items.
///
/// Doubles >= 0 are in the order of their bits; negative zero, which is not, does not get into a window.
template <class = void>  // so that it is compiled where it is called only
void radix_sort(std::span<window_item> items, budget& b) {
  constexpr unsigned digit_bits = 11;
  constexpr unsigned digits = 6;
  constexpr std::uint64_t mask = (1U << digit_bits) - 1;
  const auto digit = [](const window_item& item, unsigned d) {
    return static_cast<std::size_t>(~std::bit_cast<std::uint64_t>(item.value) >> (digit_bits * d) & mask);
  };
  std::vector<std::uint32_t> places(digits * (mask + 1), 0);
  for (std::size_t i = 0; i < items.size(); ++i) {
    b.keep_going(i);
    for (unsigned d = 0; d < digits; ++d) {
      ++places[d * (mask + 1) + digit(items[i], d)];
    }
  }
  std::vector<window_item> other(items.size());
  std::span<window_item> from = items;
  std::span<window_item> to = other;
  for (unsigned d = 0; d < digits; ++d) {
    const auto place = std::span(places).subspan(d * (mask + 1), mask + 1);
    if (place[digit(from.front(), d)] == items.size()) {
      continue;  // all alike
    }
    std::exclusive_scan(place.begin(), place.end(), place.begin(), std::uint32_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
      b.keep_going(i);
      to[place[digit(from[i], d)]++] = from[i];
    }
    std::swap(from, to);
  }
  if (from.data() != items.data()) {
    std::copy(from.begin(), from.end(), items.begin());
  }
}

/// Sorts items that come in the order of their indices.
/// @throws interrupted if told to stop.
template <class = void>  // so that it is compiled where it is called only
void sort_items(std::span<window_item> items, budget& b) {
  constexpr std::size_t many = 1 << 12;
  if (std::is_sorted(items.begin(), items.end())) {
    return;  // as equal values are
  }
  if (items.size() < many || items.size() > std::size_t{1} << 31U) {
    std::sort(items.begin(), items.end());
  } else {
    radix_sort(items, b);
  }
}

}  // namespace espalier::inline v0::knapsack::detail

#endif
