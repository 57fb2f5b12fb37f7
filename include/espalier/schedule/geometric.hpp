// SPDX-License-Identifier: Apache-2.0
// A schedule that keeps a fixed share of what the last good level kept, and takes smaller steps after failure.
#ifndef ESPALIER_SCHEDULE_GEOMETRIC_HPP
#define ESPALIER_SCHEDULE_GEOMETRIC_HPP

#include <algorithm>
#include <cmath>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/schedule/schedule.hpp>

namespace espalier::inline v0::schedule {

/// Settings of `geometric`.
struct geometric_options {
  double initial = 0;    ///< the first sparsity, in [0, 1)
  double final = 0.99;   ///< the last sparsity, in [initial, 1)
  double ratio = 0.6;    ///< of what is kept at one level to the level before, in (0, 1)
  double closest = 0.9;  ///< a step of this ratio or a smaller one that fails is the last, in [ratio, 1)
};

/// Each level keeps `ratio` times what the last good one kept: small steps where little is left, large ones before.
///
/// After a failure the step is halved, on the geometric scale, and taken from the last good level again; so a target
/// that failed is tried again from closer by, since what a network can do depends on the way to it. The dense network
/// is the good level before the first.
class geometric {
 public:
  /// @param options  see geometric_options.
  /// @throws argument_error if a setting is out of its range.
  explicit geometric(const geometric_options& options = {})
      : ratio_(options.ratio), closest_(options.closest), kept_(1 - options.initial), least_(1 - options.final) {
    expect(options.initial >= 0 && options.final >= options.initial && options.final < 1,
           "sparsities from " + std::to_string(options.initial) + " to " + std::to_string(options.final),
           "0 <= initial <= final < 1");
    expect(ratio_ > 0 && ratio_ <= closest_ && closest_ < 1,
           "ratio " + std::to_string(ratio_) + " and closest " + std::to_string(closest_), "0 < ratio <= closest < 1");
  }

  /// @return the present target, 0 to 1.
  [[nodiscard]] double sparsity() const noexcept { return 1 - kept_; }

  /// Moves on after a level that was good enough.
  /// @return whether the target moved.
  bool update() noexcept {
    good_ = kept_;
    return move();
  }

  /// Moves back towards the last good level after one that was not.
  /// @return whether the target moved.
  bool repair() noexcept {
    const double step = kept_ / good_;
    ratio_ = std::sqrt(step);
    return step < closest_ && move();
  }

 private:
  static void expect(bool right, const std::string& got, const char* expected) {
    if (!right) {
      reject<argument_error>("schedule::geometric", {got}, {expected});
    }
  }

  bool move() noexcept {
    kept_ = (std::max)(good_ * ratio_, least_);
    return kept_ < good_;
  }

  double ratio_;  // of the present steps
  double closest_;
  double kept_;      // of the present target
  double least_;     // of the final target
  double good_ = 1;  // of the last good level
};
static_assert(schedule<geometric>);

}  // namespace espalier::inline v0::schedule

#endif
