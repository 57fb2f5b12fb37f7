// SPDX-License-Identifier: Apache-2.0
// Brings back the network with which a saved run began, so that it need not be trained again.
#ifndef ESPALIER_PRUNE_RESTORE_START_HPP
#define ESPALIER_PRUNE_RESTORE_START_HPP

#include <cstddef>
#include <vector>

#include <espalier/prune/checkpoint.hpp>
#include <espalier/prune/detail/run_state.hpp>
#include <espalier/prune/prunable_model.hpp>
#include <espalier/prune/snapshot.hpp>

namespace espalier::inline v0::prune {

/// Puts the parameters with which a saved run began into a model.
/// @param model  as it was built for that run.
/// @param place  where the run is kept; none: nothing is saved.
/// @return whether there is a saved run; if not, the model is as before.
/// @throws what loading throws; parse_error if it is no saved run; shape_error if it is that of another network.
/// Complexity: that of loading.
template <prunable_model Model>
[[nodiscard]] bool restore_start(Model& model, const checkpoint_reference& place) {
  const std::vector<std::byte> saved = place ? place.load() : std::vector<std::byte>{};
  if (saved.empty()) {
    return false;
  }
  snapshot<Model>(detail::read_state<typename Model::value_type>(saved).dense).restore(model);
  return true;
}

}  // namespace espalier::inline v0::prune

#endif
