// SPDX-License-Identifier: Apache-2.0
// A schedule of equal steps.
#ifndef ESPALIER_SCHEDULE_CONSTANT_HPP
#define ESPALIER_SCHEDULE_CONSTANT_HPP

#include <cstddef>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/schedule/detail/numbered.hpp>
#include <espalier/schedule/schedule.hpp>

namespace espalier::inline v0::schedule {

/// Settings of `constant`.
struct constant_options {
  double initial = 0;  ///< the first sparsity, in [0, final]
  double final = 1;    ///< the last sparsity, in [initial, 1]
  double step = 0.05;  ///< between two levels, > 0
};

/// Level k is initial + k step, as long as that does not pass the final sparsity; one within 1e-9 of it is exactly
/// that.
class constant : public detail::numbered<constant> {
 public:
  /// @param options  see constant_options.
  /// @throws argument_error if a setting is out of its range.
  explicit constant(const constant_options& options = {}) : options_(options) {
    if (!(options.initial >= 0 && options.initial <= options.final && options.final <= 1 && options.step > 0)) {
      reject<argument_error>("schedule::constant",
                             {"sparsities from ", options.initial, " to ", options.final, " by ", options.step},
                             {"0 <= initial <= final <= 1 and a step > 0"});
    }
  }

 private:
  friend detail::numbered<constant>;
  [[nodiscard]] double at(std::size_t level) const noexcept {
    constexpr double drift = 1e-9;
    const double sparsity = options_.initial + static_cast<double>(level) * options_.step;
    const double beyond = sparsity - options_.final;
    if (beyond >= drift) {
      return 0;  // no such level
    }
    return beyond > -drift ? options_.final : sparsity;
  }

  constant_options options_;
};
static_assert(schedule<constant>);

}  // namespace espalier::inline v0::schedule

#endif
