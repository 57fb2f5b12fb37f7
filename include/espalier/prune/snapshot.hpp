// SPDX-License-Identifier: Apache-2.0
// A copy of a model's parameters, to go back to.
#ifndef ESPALIER_PRUNE_SNAPSHOT_HPP
#define ESPALIER_PRUNE_SNAPSHOT_HPP

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include <espalier/prune/prunable_model.hpp>

namespace espalier::inline v0::prune {

/// The parameters of a model at one moment.
/// @tparam Model  a prunable model.
template <prunable_model Model>
class snapshot {
 public:
  /// @param model  whose parameters to copy.   Complexity: O(parameters).
  explicit snapshot(Model& model) {
    for (const auto& view : model.parameters()) {
      saved_.emplace_back(view.begin(), view.end());
    }
  }

  /// Puts the parameters back.
  /// @param model  the model they came from.   Complexity: O(parameters).
  void restore(Model& model) const {
    const auto views = model.parameters();
    for (std::size_t i = 0; i < saved_.size(); ++i) {
      std::copy(saved_[i].begin(), saved_[i].end(), views[i].begin());
    }
  }

 private:
  std::vector<std::vector<typename Model::value_type>> saved_;
};

}  // namespace espalier::inline v0::prune

#endif
