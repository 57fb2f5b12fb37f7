// SPDX-License-Identifier: Apache-2.0
// Turns the first Ctrl-C (SIGINT) or SIGTERM into a stop request, so that work ends in order and its result is kept.
#ifndef ESPALIER_IO_INTERRUPT_HPP
#define ESPALIER_IO_INTERRUPT_HPP

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include <stop_token>
#include <thread>

namespace espalier::inline v0::io {

/// While it lives, SIGINT and SIGTERM request a stop instead of ending the program; the second one ends it as usual.
///
/// Create it before other threads, which inherit the blocked signals. POSIX only.
class stop_on_interrupt {
 public:
  stop_on_interrupt() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, &former_);
    // A thread that waits for the signal may do anything; a signal handler may not.
    watcher_ = std::jthread([this](const std::stop_token& end) { watch(end); });
  }

  ~stop_on_interrupt() {
    watcher_.request_stop();
    watcher_.join();
    pthread_sigmask(SIG_SETMASK, &former_, nullptr);
  }

  stop_on_interrupt(const stop_on_interrupt&) = delete;
  stop_on_interrupt& operator=(const stop_on_interrupt&) = delete;

  /// @return the token that a first signal stops.
  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

 private:
  void watch(const std::stop_token& end) {
    constexpr timespec tick{0, 50'000'000};
    while (!end.stop_requested()) {
      if (sigtimedwait(&signals_, nullptr, &tick) > 0) {
        if (source_.stop_requested()) {
          pthread_sigmask(SIG_SETMASK, &former_, nullptr);
          raise(SIGINT);
        }
        source_.request_stop();
      }
    }
  }

  sigset_t signals_{};
  sigset_t former_{};
  std::stop_source source_;
  std::jthread watcher_;
};

}  // namespace espalier::inline v0::io

#endif
