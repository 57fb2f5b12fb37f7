// SPDX-License-Identifier: Apache-2.0
// What a search over settings tried, and which of it was best.
#ifndef ESPALIER_TUNE_SEARCH_RESULT_HPP
#define ESPALIER_TUNE_SEARCH_RESULT_HPP

#include <cstddef>
#include <vector>

namespace espalier::inline v0::tune {

/// One attempt at one point.
struct trial {
  std::vector<double> point;  ///< one number per dimension
  std::size_t epochs = 0;     ///< that it was given
  double loss = 0;            ///< what came of it; smaller is better, not a number: it failed

  friend bool operator==(const trial&, const trial&) = default;
};

/// All attempts of a search.
struct search_result {
  std::vector<trial> trials;  ///< in the order in which they were asked for
  std::size_t best = 0;       ///< of those with the most epochs the one of the least loss; of equal ones the first
  bool complete = true;       ///< false: it was stopped before its end
};

}  // namespace espalier::inline v0::tune

#endif
