// SPDX-License-Identifier: Apache-2.0
// Seconds by a clock that never goes back, for those who ask for a time limit or for how long it took.
#ifndef ESPALIER_KNAPSACK_DETAIL_STEADY_SECONDS_HPP
#define ESPALIER_KNAPSACK_DETAIL_STEADY_SECONDS_HPP

#include <ctime>
// <chrono> would be a twentieth of what the core takes to compile; it serves where POSIX is not.
#ifndef CLOCK_MONOTONIC
#include <chrono>
#endif

namespace espalier::inline v0::knapsack::detail {

/// Only differences mean anything.
[[nodiscard]] inline double steady_seconds() noexcept {
#ifdef CLOCK_MONOTONIC
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
#else
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
#endif
}

}  // namespace espalier::inline v0::knapsack::detail

#endif
