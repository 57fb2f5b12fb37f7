// SPDX-License-Identifier: Apache-2.0
// A network that a pruning run came by: its numbers, its masks, what it uses and how good it is.
#ifndef ESPALIER_PRUNE_FOUND_NETWORK_HPP
#define ESPALIER_PRUNE_FOUND_NETWORK_HPP

#include <cstdint>
#include <span>
#include <vector>

#include <espalier/mask/weight_mask.hpp>
#include <espalier/prune/prunable_model.hpp>
#include <espalier/prune/snapshot.hpp>
#include <espalier/report/pruning_report.hpp>

namespace espalier::inline v0::prune {

/// One network of a run; a plain value.
/// @tparam Value  float or double.
template <class Value>
struct found_network {
  std::vector<std::vector<Value>> parameters;   ///< as `parameters()` of the model shows them
  std::vector<mask::weight_mask<Value>> masks;  ///< one per layer
  std::vector<report::layer> layers;            ///< what is left of every layer
  std::vector<std::int64_t> used;               ///< of every resource
  double sparsity = 0;                          ///< the target under which it was found; 0: the dense network
  double metric = 0;                            ///< the trainer's
  bool accepted = true;                         ///< whether the run took the metric for good enough

  /// Puts the network into a model: its numbers and, if the model keeps masks, its masks.
  /// @param model  that the run was about, or one with the same parameters.
  /// @throws shape_error if it has others.   Complexity: O(parameters).
  template <prunable_model Model>
  void restore(Model& model) const {
    if constexpr (maskable_model<Model>) {
      model.set_masks(masks);
    }
    snapshot<Model>(parameters).restore(model);
  }
};

}  // namespace espalier::inline v0::prune

#endif
