// SPDX-License-Identifier: Apache-2.0
// A copy of a model's parameters, to go back to.
#ifndef ESPALIER_PRUNE_SNAPSHOT_HPP
#define ESPALIER_PRUNE_SNAPSHOT_HPP

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/prune/prunable_model.hpp>

namespace espalier::inline v0::prune {

/// The parameters of a model at one moment.
/// @tparam Model  a prunable model.
template <prunable_model Model>
class snapshot {
 public:
  using value_type = typename Model::value_type;

  /// @param model  whose parameters to copy.   Complexity: O(parameters).
  explicit snapshot(Model& model) {
    for (const auto& view : model.parameters()) {
      saved_.emplace_back(view.begin(), view.end());
    }
  }

  /// @param values  what `values()` of another snapshot gave.
  explicit snapshot(std::vector<std::vector<value_type>> values) : saved_(std::move(values)) {}

  /// @return the numbers, as `parameters()` of the model shows them.
  [[nodiscard]] const std::vector<std::vector<value_type>>& values() const noexcept { return saved_; }

  /// Puts the parameters back.
  /// @param model  the model they came from.
  /// @throws shape_error if it has more, fewer or other parameters; the model is as before then.
  /// Complexity: O(parameters).
  void restore(Model& model) const {
    const auto views = model.parameters();
    if (!std::equal(views.begin(), views.end(), saved_.begin(), saved_.end(),
                    [](const auto& view, const auto& saved) { return view.size() == saved.size(); })) {
      reject<shape_error>("prune::snapshot", {"a model with other parameters"},
                          {"the one whose parameters were saved, or one of the same shape"});
    }
    for (std::size_t i = 0; i < saved_.size(); ++i) {
      std::copy(saved_[i].begin(), saved_[i].end(), views[i].begin());
    }
  }

 private:
  std::vector<std::vector<value_type>> saved_;
};

}  // namespace espalier::inline v0::prune

#endif
