// SPDX-License-Identifier: Apache-2.0
// How much work the exact knapsack solver may do before it answers with what it has.
#ifndef ESPALIER_KNAPSACK_SOLVE_OPTIONS_HPP
#define ESPALIER_KNAPSACK_SOLVE_OPTIONS_HPP

#include <cstddef>
#include <cstdint>
#include <limits>

#include <espalier/base/stop_condition.hpp>

namespace espalier::inline v0::knapsack {

/// Limits of `solve`. Past one it returns its best solution with the proven bound.
struct solve_options {
  std::uint64_t work_limit = 200'000'000;            ///< partial solutions tried; the same on every machine
  std::size_t memory_limit = std::size_t{1} << 30U;  ///< bytes for partial solutions
  double relative_gap = 0;                           ///< good enough: (bound - value) / bound at most this, >= 0
  double time_limit =
      std::numeric_limits<double>::infinity();  ///< seconds, >= 0, by a clock that is read only if this is finite
  bool measure_time = false;                    ///< fill in statistics::seconds; reads the clock
  stop_condition stop{};  ///< asked every few milliseconds; once it says so, the answer is what is known by then
};

}  // namespace espalier::inline v0::knapsack

#endif
