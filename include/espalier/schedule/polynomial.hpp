// SPDX-License-Identifier: Apache-2.0
// A schedule of large steps first and small ones last.
#ifndef ESPALIER_SCHEDULE_POLYNOMIAL_HPP
#define ESPALIER_SCHEDULE_POLYNOMIAL_HPP

#include <cmath>
#include <cstddef>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/schedule/detail/numbered.hpp>
#include <espalier/schedule/schedule.hpp>

namespace espalier::inline v0::schedule {

/// Settings of `polynomial`.
struct polynomial_options {
  double initial = 0;      ///< the first sparsity, in [0, final]
  double final = 1;        ///< the last sparsity, in [initial, 1]
  std::size_t steps = 10;  ///< levels after the first, >= 1
  double power = 3;        ///< of the decay, > 0
};

/// Level k of n is final + (initial - final) (1 - k / n)^power; the last one is exactly the final sparsity.
/// Source: Zhu and Gupta 2017, "To prune, or not to prune", arXiv 1710.01878.
class polynomial : public detail::numbered<polynomial> {
 public:
  /// @param options  see polynomial_options.
  /// @throws argument_error if a setting is out of its range.
  explicit polynomial(const polynomial_options& options = {}) : options_(options) {
    if (!(options.initial >= 0 && options.initial <= options.final && options.final <= 1 && options.steps > 0 &&
          options.power > 0 && std::isfinite(options.power))) {
      reject<argument_error>("schedule::polynomial",
                             {"sparsities from ", options.initial, " to ", options.final, " in ", options.steps,
                              " steps of power ", options.power},
                             {"0 <= initial <= final <= 1, 1 step or more and a power > 0"});
    }
  }

 private:
  friend detail::numbered<polynomial>;
  [[nodiscard]] double at(std::size_t level) const noexcept {
    if (level >= options_.steps) {
      return options_.final;
    }
    const double left = 1 - static_cast<double>(level) / static_cast<double>(options_.steps);
    return options_.final + (options_.initial - options_.final) * std::pow(left, options_.power);
  }

  polynomial_options options_;
};
static_assert(schedule<polynomial>);

}  // namespace espalier::inline v0::schedule

#endif
