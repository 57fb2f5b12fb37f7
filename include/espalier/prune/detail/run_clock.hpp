// SPDX-License-Identifier: Apache-2.0
// How long a run has taken, and what for, by the clock of its settings.
#ifndef ESPALIER_PRUNE_DETAIL_RUN_CLOCK_HPP
#define ESPALIER_PRUNE_DETAIL_RUN_CLOCK_HPP

#include <espalier/report/time_split.hpp>

namespace espalier::inline v0::prune::detail {

/// Keeps its sums elsewhere, so that they are saved with the rest of a run and go on from there.
template <class Options>
class run_clock {
 public:
  /// @param spent  seconds until the run was last saved.   @param times  what they were spent on.
  run_clock(const Options& options, double& spent, report::time_split& times)
      : options_(options), spent_(spent), times_(times) {}

  void begin() { begun_ = options_.clock ? options_.clock() : 0; }

  /// Takes the seconds since the beginning, or since this was last called, into the sum.
  void add_up() {
    if (options_.clock) {
      spent_ = seconds();
      begin();
    }
  }

  /// Whether the seconds that the settings allow were spent.
  [[nodiscard]] bool out_of_time() const {
    return options_.maximum_seconds > 0 && seconds() >= options_.maximum_seconds;
  }

  /// Does something, and adds the seconds that it takes to a part of the time if that is asked for.
  template <class Action>
  decltype(auto) timed(double report::time_split::*part, Action&& action) {
    struct watch {
      ~watch() {
        if (clock.options_.measure_times) {
          clock.times_.*part += clock.options_.clock() - begun;
        }
      }
      run_clock& clock;
      double report::time_split::*part;
      double begun;
    };
    const watch running{*this, part, options_.measure_times ? options_.clock() : 0.0};
    return action();
  }

  /// @return what all parts took, and the rest.
  [[nodiscard]] report::time_split times() const {
    report::time_split all = times_;
    all.other = 0;
    all.other = seconds() - all.total();
    return all;
  }

 private:
  [[nodiscard]] double seconds() const { return spent_ + options_.clock() - begun_; }

  const Options& options_;
  double& spent_;
  report::time_split& times_;
  double begun_ = 0;
};

}  // namespace espalier::inline v0::prune::detail

#endif
