// SPDX-License-Identifier: Apache-2.0
// How large the groups of a kernel are, in runs of equal ones.
#ifndef ESPALIER_STRUCTURE_SIZE_RUN_HPP
#define ESPALIER_STRUCTURE_SIZE_RUN_HPP

#include <cstddef>

namespace espalier::inline v0::structure {

/// Consecutive groups of equal size.
struct size_run {
  std::size_t count = 0;    ///< how many groups
  std::size_t weights = 0;  ///< in one of them; 0 where a rule leaves a group empty
  std::size_t units = 0;    ///< neurons or filters of which a group holds all weights; 0 if it holds parts of units
  bool removable = true;    ///< false: the rule wants the group to stay

  friend bool operator==(const size_run&, const size_run&) = default;
};

}  // namespace espalier::inline v0::structure

#endif
