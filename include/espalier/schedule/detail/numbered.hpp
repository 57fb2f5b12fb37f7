// SPDX-License-Identifier: Apache-2.0
// What schedules have in common whose levels are computed from their number.
#ifndef ESPALIER_SCHEDULE_DETAIL_NUMBERED_HPP
#define ESPALIER_SCHEDULE_DETAIL_NUMBERED_HPP

#include <cstddef>

namespace espalier::inline v0::schedule::detail {

/// Goes up level by level, after success and after failure alike. Levels are computed from their number, so that
/// rounding does not add up.
/// @tparam Schedule  derives from this and has `double at(std::size_t level)`: the sparsity of a level; where there
///                   is no such level, one that is not above the last.
template <class Schedule>
class numbered {
 public:
  /// @return the present target, 0 to 1.
  [[nodiscard]] double sparsity() const noexcept { return at(level_); }

  /// Moves on after a level that was good enough.
  /// @return whether the target moved.
  bool update() noexcept {
    if (at(level_ + 1) <= sparsity()) {
      return false;
    }
    ++level_;
    return true;
  }

  /// Moves on after a level that was not: a network may do badly at one sparsity and well at a higher one.
  /// @return whether the target moved.
  bool repair() noexcept { return update(); }

 private:
  [[nodiscard]] double at(std::size_t level) const noexcept { return static_cast<const Schedule&>(*this).at(level); }

  std::size_t level_ = 0;
};

}  // namespace espalier::inline v0::schedule::detail

#endif
