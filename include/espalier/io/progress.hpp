// SPDX-License-Identifier: Apache-2.0
// Shows how far long work is: a bar with rate and time left on a terminal, plain lines elsewhere.
#ifndef ESPALIER_IO_PROGRESS_HPP
#define ESPALIER_IO_PROGRESS_HPP

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

  /// Shows how far a stage is; the first call after an end begins a new one.
  /// @param label  what is being done.
  /// @param done   how many steps of it are done.
  /// @param total  how many steps it has.
  void show(std::string_view label, std::size_t done, std::size_t total) {
    const auto now = clock::now();
    if (!open_) {
      open_ = true;
      label_ = label;
      start_ = drawn_ = now;
    }
    if (options_.terminal && seconds(now - drawn_) >= options_.seconds_between) {
      drawn_ = now;
      out_ << '\r' << bar(done, total, seconds(now - start_)) << "\x1b[K" << std::flush;
    }
  }

  /// Ends the stage; without one nothing happens.
  /// @param result  what came of it; stands on a line of its own behind the label.
  void end(std::string_view result) {
    if (!open_) {
      return;
    }
    open_ = false;
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

  [[nodiscard]] std::string bar(std::size_t done, std::size_t total, double elapsed) const {
    const double share = done < total ? static_cast<double>(done) / static_cast<double>(total) : 1.0;
    const double rate = elapsed > 0 ? static_cast<double>(done) / elapsed : 0;
    const auto filled = static_cast<std::size_t>(share * static_cast<double>(options_.width));
    std::ostringstream text;
    text << label_ << "  [" << std::string(filled, '#') << std::string(options_.width - filled, '.') << "] "
         << std::setw(3) << std::lround(100 * share) << " %  " << std::fixed << std::setprecision(0) << rate << "/s  ";
    if (rate > 0 && done < total) {
      text << time(static_cast<double>(total - done) / rate) << " left";
    }
    return text.str();
  }

  std::ostream& out_;
  progress_options options_;
  std::string label_;
  clock::time_point start_;
  clock::time_point drawn_;
  bool open_ = false;
};

}  // namespace espalier::inline v0::io

#endif
