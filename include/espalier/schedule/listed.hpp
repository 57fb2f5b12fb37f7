// SPDX-License-Identifier: Apache-2.0
// A schedule of sparsities that the user gives one by one.
#ifndef ESPALIER_SCHEDULE_LISTED_HPP
#define ESPALIER_SCHEDULE_LISTED_HPP

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/schedule/detail/numbered.hpp>
#include <espalier/schedule/schedule.hpp>

namespace espalier::inline v0::schedule {

/// The given sparsities, in their order, after success and after failure alike.
class listed : public detail::numbered<listed> {
 public:
  /// @param sparsities  at least one, each in [0, 1] and larger than the one before.
  /// @throws argument_error if there is none, or one is out of range or order.
  explicit listed(std::vector<double> sparsities) : sparsities_(std::move(sparsities)) {
    if (sparsities_.empty()) {
      reject<argument_error>("schedule::listed", {"no sparsities"}, {"at least one"});
    }
    for (std::size_t i = 0; i < sparsities_.size(); ++i) {
      const bool in_order = i == 0 || sparsities_[i] > sparsities_[i - 1];
      if (!(sparsities_[i] >= 0 && sparsities_[i] <= 1 && in_order)) {
        reject<argument_error>("schedule::listed", {"sparsity ", sparsities_[i], " in place ", i},
                               {"0 to 1, larger than the one before"});
      }
    }
  }

 private:
  friend detail::numbered<listed>;
  [[nodiscard]] double at(std::size_t level) const noexcept {
    return level < sparsities_.size() ? sparsities_[level] : 0;
  }

  std::vector<double> sparsities_;
};
static_assert(schedule<listed>);

}  // namespace espalier::inline v0::schedule

#endif
