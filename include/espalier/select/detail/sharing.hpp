// SPDX-License-Identifier: Apache-2.0
// Settles what sharing saves before anything is decided.
#ifndef ESPALIER_SELECT_DETAIL_SHARING_HPP
#define ESPALIER_SELECT_DETAIL_SHARING_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <espalier/select/selection.hpp>

namespace espalier::inline v0::select::detail {

/// Layers, and for those where sharing is an option beside keeping and pruning the losses of it.
template <std::size_t M>
struct sharing_candidates {
  std::span<const candidate<M>> layers;
  std::span<const std::vector<double>> share;  ///< one per layer; empty where groups are only kept or changed
};

/// Leaves layers that decide between keeping and one change as such, with what this change saves.
/// @return per layer, the losses of sharing where that is a third option, with a saving of its own; else empty.
template <std::size_t M>
[[nodiscard]] std::vector<std::vector<double>> settle_sharing(std::vector<candidate<M>>& candidates,
                                                              sharing_saves what) {
  std::vector<std::vector<double>> third(candidates.size());
  if (what == sharing_saves::what_pruning_saves) {
    return third;
  }
  for (std::size_t l = 0; l < candidates.size(); ++l) {
    candidate<M>& c = candidates[l];
    auto& runs = c.savings.savings;
    if (!c.groups || c.share.empty()) {
      continue;
    }
    if (c.prune.empty()) {
      for (auto& run : runs) {
        run.saving = run.sharing;
      }
      continue;
    }
    const bool saves = std::any_of(runs.begin(), runs.end(),
                                   [](const auto& run) { return run.sharing != std::array<std::int64_t, M>{}; });
    if (saves) {
      third[l] = std::move(c.share);
    }
    c.share.clear();  // sharing that saves nothing is worse than keeping
  }
  return third;
}

}  // namespace espalier::inline v0::select::detail

#endif
