// SPDX-License-Identifier: Apache-2.0
// Threads that wait for work between the steps of a training.
#ifndef ESPALIER_TRAIN_DETAIL_WORKERS_HPP
#define ESPALIER_TRAIN_DETAIL_WORKERS_HPP

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace espalier::inline v0::train::detail {

/// @param threads  asked for; 0: as many as the machine runs at once.
[[nodiscard]] inline std::size_t thread_count(std::size_t threads) {
  return threads != 0 ? threads : (std::max)(std::size_t{1}, std::size_t{std::thread::hardware_concurrency()});
}

/// A team that shares out tasks. Which thread gets which task is open, so tasks must not depend on it.
template <class = void>  // so that it is compiled where it is used only
class workers {
 public:
  explicit workers(std::size_t threads)
      : patience_(threads <= std::thread::hardware_concurrency() ? longest_patience : 0) {
    for (std::size_t worker = 1; worker < threads; ++worker) {
      team_.emplace_back([this, worker] { wait_for_work(worker); });
    }
  }
  workers(const workers&) = delete;
  workers& operator=(const workers&) = delete;
  ~workers() {
    {
      const std::scoped_lock lock(mutex_);
      over_ = true;
    }
    begin_.notify_all();
  }

  [[nodiscard]] std::size_t size() const noexcept { return team_.size() + 1; }

  /// Calls action(task, worker) for every task below `tasks`, and returns when all are done. Rethrows what the first
  /// failing call threw.
  template <class Action>
  void run(std::size_t tasks, const Action& action) {
    call_all(tasks, {&action, [](const void* a, std::size_t task, std::size_t worker) {
                       (*static_cast<const Action*>(a))(task, worker);
                     }});
  }

 private:
  /// A reference to something that can be called; a std::function would allocate at every step.
  struct call {
    const void* action = nullptr;
    void (*run)(const void*, std::size_t, std::size_t) = nullptr;
  };

  /// Steps follow each other within microseconds, and waking a thread takes longer: so it looks about for a while, some
  /// tens of microseconds, before it sleeps.
  static constexpr int longest_patience = 4000;

  void call_all(std::size_t tasks, const call& action) {
    next_ = 0;
    tasks_ = tasks;
    action_ = action;
    failure_ = nullptr;
    if (team_.empty() || tasks < 2) {
      work(0);
    } else {
      busy_ = team_.size();
      {
        const std::scoped_lock lock(mutex_);
        ++round_;
      }
      begin_.notify_all();
      work(0);
      wait(end_, [this] { return busy_ == 0; });
    }
    if (failure_) {
      std::rethrow_exception(failure_);
    }
  }

  template <class Condition>
  void wait(std::condition_variable& signal, Condition&& condition) {
    for (int i = 0; i < patience_; ++i) {
      if (condition()) {
        return;
      }
      relax();
    }
    std::unique_lock lock(mutex_);
    signal.wait(lock, condition);
  }

  static void relax() noexcept {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#else
    std::this_thread::yield();
#endif
  }

  void wait_for_work(std::size_t worker) {
    for (std::size_t seen = 0;;) {
      wait(begin_, [&] { return over_ || round_ != seen; });
      if (over_) {
        return;
      }
      seen = round_;
      work(worker);
      if (--busy_ == 0) {
        const std::scoped_lock lock(mutex_);  // else the signal could fall between the other's look and its sleep
        end_.notify_one();
      }
    }
  }

  void work(std::size_t worker) {
    for (std::size_t task = next_++; task < tasks_; task = next_++) {
      try {
        action_.run(action_.action, task, worker);
      } catch (...) {
        const std::scoped_lock lock(mutex_);
        failure_ = failure_ ? failure_ : std::current_exception();
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable begin_;
  std::condition_variable end_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::size_t> round_{0};
  std::atomic<std::size_t> busy_{0};
  std::atomic<bool> over_{false};
  call action_;
  std::size_t tasks_ = 0;
  int patience_ = 0;
  std::exception_ptr failure_;
  std::vector<std::jthread> team_;  // last, so that the threads end before what they use
};

}  // namespace espalier::inline v0::train::detail

#endif
