// SPDX-License-Identifier: Apache-2.0
// Orders of things by a number of each; one instantiation of std::sort serves all, which compilers thank for.
#ifndef ESPALIER_KNAPSACK_DETAIL_SORTING_HPP
#define ESPALIER_KNAPSACK_DETAIL_SORTING_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace espalier::inline v0::knapsack::detail {

/// The places of some keys in ascending order of the keys; among equals, in ascending order.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] std::vector<std::uint32_t> order_of(const std::vector<std::int64_t>& keys) {
  std::vector<std::pair<std::int64_t, std::uint32_t>> pairs;
  pairs.reserve(keys.size());
  for (const std::int64_t key : keys) {
    pairs.emplace_back(key, static_cast<std::uint32_t>(pairs.size()));
  }
  std::sort(pairs.begin(), pairs.end());
  std::vector<std::uint32_t> order;
  order.reserve(pairs.size());
  for (const auto& [key, place] : pairs) {
    order.push_back(place);
  }
  return order;
}

}  // namespace espalier::inline v0::knapsack::detail

#endif
