// SPDX-License-Identifier: Apache-2.0
// Goes through numbers from the largest to the smallest, in a time that grows with their count only.
#ifndef ESPALIER_RANK_DETAIL_VISIT_FALLING_HPP
#define ESPALIER_RANK_DETAIL_VISIT_FALLING_HPP

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace espalier::inline v0::rank::detail {

/// A number and its place.
struct placed {
  double number = 0;
  std::size_t place = 0;
};

/// The bits of a number >= 0, which are in the order of the numbers.
[[nodiscard]] inline std::uint64_t bits_of(double number) noexcept {
  return std::bit_cast<std::uint64_t>(number);
}

/// Sorts ascending, equal ones by place: by the bytes that differ, the lowest first. `spare` has room for as many.
inline void sort_bytes(placed* items, std::size_t count, placed* spare) {
  std::uint64_t differ = 0;
  for (std::size_t i = 0; i < count; ++i) {
    differ |= bits_of(items[i].number) ^ bits_of(items[0].number);
  }
  placed* from = items;
  placed* to = spare;
  for (unsigned shift = 0; shift < 64; shift += 8) {
    if ((differ >> shift & 0xFFU) == 0) {
      continue;
    }
    std::array<std::uint32_t, 256> begins{};
    for (std::size_t i = 0; i < count; ++i) {
      ++begins[bits_of(from[i].number) >> shift & 0xFFU];
    }
    std::uint32_t sum = 0;
    for (std::uint32_t& begin : begins) {
      sum += std::exchange(begin, sum);
    }
    for (std::size_t i = 0; i < count; ++i) {
      to[begins[bits_of(from[i].number) >> shift & 0xFFU]++] = from[i];
    }
    std::swap(from, to);
  }
  if (from != items) {
    std::copy_n(from, count, items);
  }
}

/// Sorts the items of one bucket ascending, equal ones by place.
inline void sort_bucket(placed* items, std::size_t count, placed* spare) {
  constexpr std::size_t few = 128;
  constexpr std::size_t most_for_bytes = std::size_t{1} << 31U;  // so that counts fit 32 bits
  if (count > few && count < most_for_bytes) {
    sort_bytes(items, count, spare);
  } else {
    std::sort(items, items + count, [](const placed& a, const placed& b) {
      return a.number < b.number || (a.number == b.number && a.place < b.place);
    });
  }
}

/// Visits numbers from the largest to the smallest, of equal ones the last first: numbers are dealt into buckets of
/// equal width, each of which fits a cache, and sorted there.
/// @param numbers  finite and >= 0.
/// @param visit    called as visit(number, place).
/// Complexity: O(n).
template <class Visit>
void visit_falling(std::span<const double> numbers, Visit&& visit) {
  if (numbers.empty()) {
    return;
  }
  const double largest = *std::max_element(numbers.begin(), numbers.end());
  const std::size_t buckets = largest > 0 ? std::clamp<std::size_t>(numbers.size() / 1024, 1, 8192) : 1;
  const double scale = largest > 0 ? static_cast<double>(buckets - 1) / largest : 0;
  const auto bucket_of = [&](double number) { return static_cast<std::size_t>(number * scale); };
  std::vector<std::size_t> begins(buckets + 1, 0);
  for (const double number : numbers) {
    ++begins[bucket_of(number) + 1];
  }
  std::size_t most = 0;
  for (std::size_t b = 0; b < buckets; ++b) {
    most = (std::max)(most, begins[b + 1]);
    begins[b + 1] += begins[b];
  }
  std::vector<placed> items(numbers.size());
  std::vector<std::size_t> next(begins.begin(), begins.end() - 1);
  for (std::size_t place = 0; place < numbers.size(); ++place) {
    items[next[bucket_of(numbers[place])]++] = {numbers[place], place};
  }
  std::vector<placed> spare(most);
  for (std::size_t b = buckets; b-- > 0;) {
    sort_bucket(items.data() + begins[b], begins[b + 1] - begins[b], spare.data());
    for (std::size_t i = begins[b + 1]; i-- > begins[b];) {
      visit(items[i].number, items[i].place);
    }
  }
}

}  // namespace espalier::inline v0::rank::detail

#endif
