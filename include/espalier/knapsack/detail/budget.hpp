// SPDX-License-Identifier: Apache-2.0
// What a search may still spend: work, memory, time if asked, and whether it was told to stop.
#ifndef ESPALIER_KNAPSACK_DETAIL_BUDGET_HPP
#define ESPALIER_KNAPSACK_DETAIL_BUDGET_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <espalier/knapsack/detail/steady_seconds.hpp>
#include <espalier/knapsack/solve_options.hpp>

namespace espalier::inline v0::knapsack::detail {

/// Thrown and caught within the solvers: told to stop where there is no answer yet to go on with.
struct interrupted {};

/// Counts work against the limits of the options.
class budget {
 public:
  explicit budget(const solve_options& options) : options_(options) {
    if (options.time_limit < never) {
      end_ = steady_seconds() + options.time_limit;
    }
  }

  /// Counts one piece of work. False once a limit is reached, and from then on.
  [[nodiscard]] bool spend() {
    if (++work_ > options_.work_limit) {
      exhausted_ = true;
    } else if ((work_ & 0xFFFU) == 0) {
      look();
    }
    return !exhausted_;
  }
  /// False if that much memory, or anything else, is beyond the limits.
  [[nodiscard]] bool allows(std::size_t bytes) {
    look();
    exhausted_ = exhausted_ || bytes > options_.memory_limit;
    return !exhausted_;
  }
  /// Looks at the stop condition and the clock, as must be done every millisecond or so before the search begins.
  /// @throws interrupted if it is time to end.
  void keep_going() {
    if (is_over()) {
      exhausted_ = true;
      throw interrupted{};
    }
  }
  /// The same at one step in 2^16, for loops whose steps take nanoseconds.
  void keep_going(std::size_t step) {
    if ((step & 0xFFFFU) == 0xFFFFU) {
      keep_going();
    }
  }
  [[nodiscard]] bool exhausted() const noexcept { return exhausted_; }
  [[nodiscard]] std::uint64_t work() const noexcept { return work_; }
  /// What is left of the work limit.
  [[nodiscard]] std::uint64_t left() const noexcept {
    return options_.work_limit - (std::min)(work_, options_.work_limit);
  }

 private:
  static constexpr double never = std::numeric_limits<double>::infinity();

  void look() { exhausted_ = exhausted_ || is_over(); }
  [[nodiscard]] bool is_over() const {
    return options_.stop.stop_requested() || (end_ < never && steady_seconds() >= end_);
  }

  const solve_options& options_;
  double end_ = never;  // the clock is read only if there is a time limit
  std::uint64_t work_ = 0;
  bool exhausted_ = false;
};

}  // namespace espalier::inline v0::knapsack::detail

#endif
