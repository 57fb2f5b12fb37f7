// SPDX-License-Identifier: Apache-2.0
// The attempts of one search.
#ifndef ESPALIER_TUNE_DETAIL_LEDGER_HPP
#define ESPALIER_TUNE_DETAIL_LEDGER_HPP

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include <espalier/tune/search_options.hpp>
#include <espalier/tune/search_result.hpp>

namespace espalier::inline v0::tune::detail {

/// Whether a loss is less than another one; one that is not a number is the worst.
[[nodiscard]] inline bool less(double a, double b) {
  return !std::isnan(a) && (std::isnan(b) || a < b);
}

/// Calls task(i) for every i below `count`, begun in this order, on several threads; tasks must not throw.
/// @param threads  at most; 0: as many as the machine runs at once.
template <class Task>
void in_parallel(std::size_t count, std::size_t threads, const Task& task) {
  const std::size_t wanted = threads != 0 ? threads : std::size_t{std::thread::hardware_concurrency()};
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      task(i);
    }
  };
  std::vector<std::jthread> team;
  for (std::size_t thread = 1; thread < (std::min)(wanted, count); ++thread) {
    team.emplace_back(work);
  }
  work();
}

template <class Evaluate>
class ledger {
 public:
  ledger(Evaluate& evaluate, const search_options& options) : evaluate_(evaluate), options_(options) {}

  /// Tries points that do not depend on each other's losses, several at once if the options say so.
  /// @param wanted  points and epochs; losses are put in.
  /// @return whether all were tried; false: the search was stopped.
  /// @throws what the first of them threw that threw; those before it were tried, later ones perhaps.
  [[nodiscard]] bool attempt(std::span<trial> wanted) {
    std::vector<std::uint8_t> done(wanted.size());
    std::atomic<std::size_t> first_failure{wanted.size()};
    std::exception_ptr failure;
    in_parallel(wanted.size(), options_.threads, [&](std::size_t i) {
      try {
        done[i] = i < first_failure && find_loss(wanted[i]) ? 1 : 0;
      } catch (...) {
        const std::scoped_lock lock(mutex_);
        if (i < first_failure) {
          first_failure = i;
          failure = std::current_exception();
        }
      }
    });
    if (failure) {
      std::rethrow_exception(failure);
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (done[i] != 0) {
        result_.trials.push_back(wanted[i]);
      }
      result_.complete = result_.complete && done[i] != 0;
    }
    return result_.complete;
  }

  [[nodiscard]] search_result take() {
    for (std::size_t i = 1; i < result_.trials.size(); ++i) {
      const trial& one = result_.trials[i];
      const trial& best = result_.trials[result_.best];
      if (one.epochs > best.epochs || (one.epochs == best.epochs && less(one.loss, best.loss))) {
        result_.best = i;
      }
    }
    return std::move(result_);
  }

 private:
  /// @return whether the loss is known now; false: the search was stopped.
  [[nodiscard]] bool find_loss(trial& wanted) {
    for (const trial& known : options_.known) {
      if (known.point == wanted.point && known.epochs == wanted.epochs) {
        wanted.loss = known.loss;
        return true;
      }
    }
    if (options_.stop.stop_requested()) {
      return false;
    }
    wanted.loss = static_cast<double>(evaluate_(std::span<const double>(wanted.point), wanted.epochs));
    if (options_.on_trial) {
      const std::scoped_lock lock(mutex_);
      options_.on_trial(wanted);
    }
    return true;
  }

  Evaluate& evaluate_;
  const search_options& options_;
  search_result result_;
  std::mutex mutex_;
};

}  // namespace espalier::inline v0::tune::detail

#endif
