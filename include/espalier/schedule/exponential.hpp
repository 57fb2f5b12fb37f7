// SPDX-License-Identifier: Apache-2.0
// A schedule in which every level keeps the same share of what the one before it kept, in a given number of steps.
#ifndef ESPALIER_SCHEDULE_EXPONENTIAL_HPP
#define ESPALIER_SCHEDULE_EXPONENTIAL_HPP

#include <cmath>
#include <cstddef>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/schedule/detail/numbered.hpp>
#include <espalier/schedule/schedule.hpp>

namespace espalier::inline v0::schedule {

/// Settings of `exponential`.
struct exponential_options {
  double initial = 0;      ///< the first sparsity, in [0, final]
  double final = 0.95;     ///< the last sparsity, in [initial, 1)
  std::size_t steps = 10;  ///< levels after the first, >= 1
};

/// Level k of n keeps (1 - initial) ((1 - final) / (1 - initial))^(k / n); the last sparsity is exactly the final one.
/// Unlike `geometric` it moves on after failure and searches for no edge.
class exponential : public detail::numbered<exponential> {
 public:
  /// @param options  see exponential_options.
  /// @throws argument_error if a setting is out of its range.
  explicit exponential(const exponential_options& options = {}) : options_(options) {
    if (!(options.initial >= 0 && options.initial <= options.final && options.final < 1 && options.steps > 0)) {
      reject<argument_error>(
          "schedule::exponential",
          {"sparsities from ", options.initial, " to ", options.final, " in ", options.steps, " steps"},
          {"0 <= initial <= final < 1 and 1 step or more"});
    }
  }

 private:
  friend detail::numbered<exponential>;
  [[nodiscard]] double at(std::size_t level) const noexcept {
    if (level >= options_.steps) {
      return options_.final;
    }
    const double part = static_cast<double>(level) / static_cast<double>(options_.steps);
    const double kept = 1 - options_.initial;
    return level == 0 ? options_.initial : 1 - kept * std::pow((1 - options_.final) / kept, part);
  }

  exponential_options options_;
};
static_assert(schedule<exponential>);

}  // namespace espalier::inline v0::schedule

#endif
