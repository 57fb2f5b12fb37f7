// SPDX-License-Identifier: Apache-2.0
// A schedule that keeps a fixed share of what the level before kept, and closes in on the last good level after
// failure.
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
  double closest = 0.9;  ///< how close, as such a ratio, it comes to a level that failed, in [ratio, 1)
};

/// Each level keeps `ratio` times what the level before it kept: small steps where little is left, large ones before.
///
/// After a failure the next target lies half-way, on the geometric scale, between the last good one and the one that
/// failed, until the two are within `closest`. So the end is found in few trainings, and every step hurts about alike.
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
    failed_ = kept_;
    return good_ > 0 && move();
  }

 private:
  static void expect(bool right, const std::string& got, const char* expected) {
    if (!right) {
      throw argument_error(error_message("schedule::geometric", got, expected));
    }
  }

  [[nodiscard]] bool searching() const noexcept { return failed_ > 0; }

  bool move() noexcept {
    const double next = searching() ? std::sqrt(good_ * failed_) : (std::max)(good_ * ratio_, least_);
    const bool close_enough = searching() && failed_ >= good_ * closest_;
    if (next >= good_ || close_enough) {
      return false;
    }
    kept_ = next;
    return true;
  }

  double ratio_;
  double closest_;
  double kept_;        // of the present target
  double least_;       // of the final target
  double good_ = 0;    // of the last good level; 0: none yet
  double failed_ = 0;  // of the best level that failed; 0: none yet
};
static_assert(schedule<geometric>);

}  // namespace espalier::inline v0::schedule

#endif
