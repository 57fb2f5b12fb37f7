// SPDX-License-Identifier: Apache-2.0
// The concept of a schedule: how the target sparsity moves from level to level.
#ifndef ESPALIER_SCHEDULE_SCHEDULE_HPP
#define ESPALIER_SCHEDULE_SCHEDULE_HPP

#include <concepts>

namespace espalier::inline v0::schedule {

/// - `sparsity()`: the present target, 0 to 1.
/// - `update()`: moves after a level that was good enough; `repair()`: moves after one that was not. Both say whether
///   there is a new target; if not, the run is over.
template <class Schedule>
concept schedule = requires(Schedule& s, const Schedule& c) {
  { c.sparsity() } -> std::convertible_to<double>;
  { s.update() } -> std::same_as<bool>;
  { s.repair() } -> std::same_as<bool>;
};

}  // namespace espalier::inline v0::schedule

#endif
