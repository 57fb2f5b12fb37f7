// SPDX-License-Identifier: Apache-2.0
// The name that somebody most likely meant, for error messages.
#ifndef ESPALIER_BASE_CLOSEST_NAME_HPP
#define ESPALIER_BASE_CLOSEST_NAME_HPP

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string_view>
#include <vector>

namespace espalier::inline v0 {

namespace detail {

/// How many letters must be inserted, removed or replaced to make one word of the other (Levenshtein).
[[nodiscard]] inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = (std::min)({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace detail

/// @param name   what came.
/// @param names  what there is; a range of strings.
/// @return the one with the fewest letters to change, the first of equal ones; empty if there is none.
/// Complexity: O(letters of the name * letters of all names).
template <class Names>
[[nodiscard]] std::string_view closest_name(std::string_view name, const Names& names) {
  std::string_view best;
  std::size_t least = static_cast<std::size_t>(-1);
  for (const auto& candidate : names) {
    const std::size_t distance = detail::edit_distance(name, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace espalier::inline v0

#endif
