// SPDX-License-Identifier: Apache-2.0
// A thread that does one thing while its owner does another.
#ifndef ESPALIER_TRAIN_DETAIL_BACKGROUND_HPP
#define ESPALIER_TRAIN_DETAIL_BACKGROUND_HPP

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include <espalier/base/callback.hpp>

namespace espalier::inline v0::train::detail {

/// Runs one task at a time. The thread begins with the first task.
template <class = void>  // so that it is compiled where it is used only
class background {
 public:
  background() = default;
  background(const background&) = delete;
  background& operator=(const background&) = delete;
  ~background() {
    {
      const std::scoped_lock lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
  }

  /// Begins a task; the one before must have been waited for.
  void begin(callback<void()> task) {
    {
      const std::scoped_lock lock(mutex_);
      task_ = std::move(task);
      busy_ = true;
    }
    changed_.notify_all();
    if (!thread_.joinable()) {
      thread_ = std::jthread([this] { work(); });
    }
  }

  /// Returns when the task is done, if there is one.
  /// @return what it threw, or null.
  std::exception_ptr wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !busy_; });
    return std::exchange(failure_, nullptr);
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return busy_ || over_; });
      if (!busy_) {
        return;
      }
      lock.unlock();
      std::exception_ptr failure;
      try {
        task_();
      } catch (...) {
        failure = std::current_exception();
      }
      lock.lock();
      failure_ = std::move(failure);
      busy_ = false;
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  callback<void()> task_;
  bool busy_ = false;
  bool over_ = false;
  std::exception_ptr failure_;
  std::jthread thread_;  // last, so that it ends before what it uses
};

}  // namespace espalier::inline v0::train::detail

#endif
