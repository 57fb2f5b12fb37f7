// SPDX-License-Identifier: Apache-2.0
// The mean weight of every group of a kernel.
#ifndef ESPALIER_STRUCTURE_GROUP_MEANS_HPP
#define ESPALIER_STRUCTURE_GROUP_MEANS_HPP

#include <cstddef>
#include <span>
#include <vector>

#include <espalier/structure/grouping.hpp>

namespace espalier::inline v0::structure {

/// The mean weight of each group.
/// @param groups  a partition of the kernel.
/// @param kernel  as many weights as the partition has.
/// @return one mean per group, in double; 0 for a group without weights.   Complexity: O(n).
template <class Value>
[[nodiscard]] std::vector<double> group_means(const grouping& groups, std::span<const Value> kernel) {
  std::vector<double> means(groups.count(), 0.0);
  std::vector<std::size_t> sizes(groups.count(), 0);
  groups.visit([&](std::size_t group, std::size_t index) {
    means[group] += static_cast<double>(kernel[index]);
    ++sizes[group];
  });
  for (std::size_t group = 0; group < means.size(); ++group) {
    means[group] = sizes[group] == 0 ? 0 : means[group] / static_cast<double>(sizes[group]);
  }
  return means;
}

}  // namespace espalier::inline v0::structure

#endif
