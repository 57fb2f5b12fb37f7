// SPDX-License-Identifier: Apache-2.0
// Shows how far long work is: a bar with rate and time left on a terminal, plain lines elsewhere.
#ifndef ESPALIER_IO_PROGRESS_HPP
#define ESPALIER_IO_PROGRESS_HPP

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <iomanip>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>

namespace espalier::inline v0::io {

/// How progress is shown.
struct progress_options {
  bool terminal = false;         ///< true: one bar, redrawn in place; false: one plain line for each finished stage
  std::size_t width = 24;        ///< of the bar, in characters
  double seconds_between = 0.1;  ///< the least time between two drawings
};

/// Progress through stages of known length, such as the epochs of a training.
class progress {
 public:
  /// @param out      where to write; it must outlive this object.
  /// @param options  how to show it.
  explicit progress(std::ostream& out, progress_options options = {}) : out_(out), options_(options) {}

  /// Begins a stage.
  /// @param label  what is being done.
  /// @param total  how many steps it has.
  void begin(std::string_view label, std::size_t total) {
    label_ = label;
    total_ = total;
    done_ = 0;
    start_ = drawn_ = clock::now();
  }

  /// Moves on.
  /// @param steps  how many steps were done since the last call.
  void advance(std::size_t steps = 1) {
    done_ += steps;
    const auto now = clock::now();
    if (options_.terminal && seconds(now - drawn_) >= options_.seconds_between) {
      drawn_ = now;
      out_ << '\r' << bar(seconds(now - start_)) << "\x1b[K" << std::flush;
    }
  }

  /// Ends the stage.
  /// @param result  what came of it; stands on a line of its own behind the label.
  void end(std::string_view result) {
    if (options_.terminal) {
      out_ << "\r\x1b[K";
    }
    out_ << label_ << "  " << result << "  (" << time(seconds(clock::now() - start_)) << ")\n" << std::flush;
  }

 private:
  using clock = std::chrono::steady_clock;

  [[nodiscard]] static double seconds(clock::duration time) { return std::chrono::duration<double>(time).count(); }

  [[nodiscard]] static std::string time(double seconds) {
    std::ostringstream text;
    const auto whole = static_cast<long>(std::lround(seconds));
    if (whole < 60) {
      text << std::fixed << std::setprecision(1) << seconds << " s";
    } else {
      text << whole / 60 << " min " << std::setw(2) << std::setfill('0') << whole % 60 << " s";
    }
    return text.str();
  }

  [[nodiscard]] std::string bar(double elapsed) const {
    const double share = total_ == 0 ? 1 : (std::min)(1.0, static_cast<double>(done_) / static_cast<double>(total_));
    const double rate = elapsed > 0 ? static_cast<double>(done_) / elapsed : 0;
    const auto filled = static_cast<std::size_t>(share * static_cast<double>(options_.width));
    std::ostringstream text;
    text << label_ << "  [" << std::string(filled, '#') << std::string(options_.width - filled, '.') << "] "
         << std::setw(3) << std::lround(100 * share) << " %  " << std::fixed << std::setprecision(0) << rate << "/s  ";
    if (rate > 0 && done_ < total_) {
      text << time(static_cast<double>(total_ - done_) / rate) << " left";
    }
    return text.str();
  }

  std::ostream& out_;
  progress_options options_;
  std::string label_;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
  clock::time_point start_;
  clock::time_point drawn_;
};

}  // namespace espalier::inline v0::io

#endif
