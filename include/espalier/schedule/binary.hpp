// SPDX-License-Identifier: Apache-2.0
// A schedule that halves the interval between a sparsity that is good enough and one that is not.
#ifndef ESPALIER_SCHEDULE_BINARY_HPP
#define ESPALIER_SCHEDULE_BINARY_HPP

#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/schedule/schedule.hpp>

namespace espalier::inline v0::schedule {

/// Settings of `binary`.
struct binary_options {
  double initial = 0;       ///< the first sparsity, taken to be good enough, in [0, final]
  double final = 1;         ///< a sparsity that is never tried, taken to be too high, in [initial, 1]
  double threshold = 0.01;  ///< the interval is not halved once it is narrower, > 0
};

/// Bisection: after success towards the lowest sparsity that failed (at first `final`), after failure back towards the
/// highest that was good, as long as the interval between them is at least the threshold (with a slack of 1e-9).
class binary {
 public:
  /// @param options  see binary_options.
  /// @throws argument_error if a setting is out of its range.
  explicit binary(const binary_options& options = {})
      : good_(options.initial), bad_(options.final), sparsity_(options.initial), threshold_(options.threshold) {
    if (!(options.initial >= 0 && options.initial <= options.final && options.final <= 1 && options.threshold > 0)) {
      reject<argument_error>(
          "schedule::binary",
          {"sparsities from ", options.initial, " to ", options.final, " down to a threshold of ", options.threshold},
          {"0 <= initial <= final <= 1 and a threshold > 0"});
    }
  }

  /// @return the present target, 0 to 1.
  [[nodiscard]] double sparsity() const noexcept { return sparsity_; }

  /// Moves up after a level that was good enough.
  /// @return whether the target moved.
  bool update() noexcept {
    good_ = sparsity_;
    return halve();
  }

  /// Moves down after a level that was not.
  /// @return whether the target moved.
  bool repair() noexcept {
    bad_ = sparsity_;
    return halve();
  }

 private:
  bool halve() noexcept {
    constexpr double drift = 1e-9;
    if (bad_ - good_ < threshold_ - drift || bad_ <= good_) {
      return false;
    }
    sparsity_ = (good_ + bad_) / 2;
    return true;
  }

  double good_;       // the highest sparsity that was good enough
  double bad_;        // the lowest sparsity that was not
  double sparsity_;   // the present target
  double threshold_;  // the narrowest interval that is halved
};
static_assert(schedule<binary>);

}  // namespace espalier::inline v0::schedule

#endif
