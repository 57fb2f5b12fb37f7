// SPDX-License-Identifier: Apache-2.0
// A schedule of sparsities that the user gives one by one.
#ifndef ESPALIER_SCHEDULE_LISTED_HPP
#define ESPALIER_SCHEDULE_LISTED_HPP

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/schedule/schedule.hpp>

namespace espalier::inline v0::schedule {

/// The given sparsities, in their order, after success and after failure alike.
class listed {
 public:
  /// @param sparsities  at least one, each in [0, 1] and larger than the one before.
  /// @throws argument_error if there is none, or one is out of range or order.
  explicit listed(std::vector<double> sparsities) : sparsities_(std::move(sparsities)) {
    if (sparsities_.empty()) {
      throw argument_error(error_message("schedule::listed", "no sparsities", "at least one"));
    }
    for (std::size_t i = 0; i < sparsities_.size(); ++i) {
      const bool in_order = i == 0 || sparsities_[i] > sparsities_[i - 1];
      if (!(sparsities_[i] >= 0 && sparsities_[i] <= 1 && in_order)) {
        throw argument_error(error_message(
            "schedule::listed", "sparsity " + std::to_string(sparsities_[i]) + " in place " + std::to_string(i),
            "0 to 1, larger than the one before"));
      }
    }
  }

  /// @return the present target, 0 to 1.
  [[nodiscard]] double sparsity() const noexcept { return sparsities_[level_]; }

  /// Moves on after a level that was good enough.
  /// @return whether the target moved.
  bool update() noexcept {
    if (level_ + 1 == sparsities_.size()) {
      return false;
    }
    ++level_;
    return true;
  }

  /// Moves on after a level that was not: a network may do badly at one sparsity and well at a higher one.
  /// @return whether the target moved.
  bool repair() noexcept { return update(); }

 private:
  std::vector<double> sparsities_;
  std::size_t level_ = 0;
};
static_assert(schedule<listed>);

}  // namespace espalier::inline v0::schedule

#endif
