// SPDX-License-Identifier: Apache-2.0
// A log of a training as a table of comma-separated values: one line for every epoch.
#ifndef ESPALIER_IO_CSV_LOG_HPP
#define ESPALIER_IO_CSV_LOG_HPP

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/io/file.hpp>
#include <espalier/train/progress.hpp>

namespace espalier::inline v0::io {

/// A number of each epoch that a log shows beside the losses.
struct csv_metric {
  std::string name{};               ///< its column; no separator, quote or line end
  std::function<double()> value{};  ///< called after every epoch
};

/// Settings of `csv_log`.
struct csv_log_options {
  bool append = false;   ///< whether lines that are there stay, for a training that is gone on with
  char separator = ',';  ///< between the columns
};

/// Writes epoch, step, loss, the loss of validation data (empty if there are none) and metrics after every epoch, under
/// a line with their names: `options.on_epoch = std::ref(log)`. Every line is in the file when the next epoch begins.
///
/// With `append`, a last line that was cut is taken off, and so are the lines at the end that a training which goes on
/// at an earlier epoch than they tell of will write again.
class csv_log {
 public:
  /// @param path     of the file; replaced if it is there, unless lines are appended.
  /// @param metrics  further columns.
  /// @param options  see csv_log_options.
  /// @throws argument_error if a name is empty or cannot be a column's; file_error if the file cannot be written;
  ///         parse_error if lines are to be appended to those of other columns.
  explicit csv_log(std::filesystem::path path, std::vector<csv_metric> metrics = {}, csv_log_options options = {})
      : path_(std::move(path)), metrics_(std::move(metrics)), separator_(options.separator) {
    const std::string header = this->header();
    lines_ = options.append ? whole_lines() : std::vector<std::string>{};
    if (lines_.empty()) {
      lines_.push_back(header);
    } else if (lines_.front() != header) {
      reject<parse_error>("io::csv_log", {"'", path_.string(), "' with columns ", lines_.front()}, {header});
    }
    rewrite();
  }

  /// Writes the line of an epoch.
  /// @param where  what on_epoch is called with.
  /// @throws file_error if the file cannot be written; what a metric throws.
  void operator()(const train::progress& where) {
    if (!lines_.empty()) {
      drop_from(where.epoch);
    }
    std::string line = std::to_string(where.epoch) + separator_ + std::to_string(where.step) + separator_ +
                       text(where.loss) + separator_;
    line += std::isnan(where.validation_loss) ? "" : text(where.validation_loss);
    for (const csv_metric& metric : metrics_) {
      line += separator_ + text(metric.value());
    }
    file_ << line << '\n' << std::flush;
    expect_written();
  }

 private:
  [[nodiscard]] std::string header() const {
    std::string names = "epoch";
    for (const char* name : {"step", "loss", "validation_loss"}) {
      names += separator_ + std::string(name);
    }
    const std::string forbidden = std::string("\"\r\n") + separator_;
    for (const csv_metric& metric : metrics_) {
      if (metric.name.empty() || metric.name.find_first_of(forbidden) != std::string::npos) {
        reject<argument_error>("io::csv_log", {"a metric named '", metric.name, "'"},
                               {"a name without separator, quote and line end"});
      }
      names += separator_ + metric.name;
    }
    return names;
  }

  /// @return the lines of the file that end; none if it is not there.
  [[nodiscard]] std::vector<std::string> whole_lines() const {
    std::ifstream file(path_, std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(file), {}};
    std::vector<std::string> lines;
    std::size_t begin = 0;
    for (std::size_t end = all.find('\n'); end != std::string::npos; begin = end + 1, end = all.find('\n', begin)) {
      lines.push_back(all.substr(begin, end - begin));
    }
    return lines;
  }

  /// A training that begins leaves all lines; one that goes on at an epoch takes off those of it and behind it.
  void drop_from(std::size_t epoch) {
    const std::size_t before = lines_.size();
    while (epoch > 0 && lines_.size() > 1 && epoch_of(lines_.back()) >= epoch) {
      lines_.pop_back();
    }
    if (lines_.size() != before) {
      rewrite();
    }
    lines_.clear();
  }

  [[nodiscard]] std::size_t epoch_of(const std::string& line) const {
    std::size_t epoch = 0;
    if (std::from_chars(line.data(), line.data() + line.size(), epoch).ec != std::errc{}) {
      reject<parse_error>("io::csv_log", {"'", path_.string(), "' with the line ", line},
                          {"a line that begins with an epoch"});
    }
    return epoch;
  }

  void rewrite() {
    file_.close();
    std::string all;
    for (const std::string& line : lines_) {
      all += line + '\n';
    }
    write_file(path_, all);
    file_.open(path_, std::ios::binary | std::ios::app);
    expect_written();
  }

  void expect_written() const {
    if (!file_) {
      reject<file_error>("io::csv_log", {"'", path_.string(), "', which cannot be written"},
                         {"a path in a writable folder with enough room"});
    }
  }

  /// @return the shortest text that reads as the same number.
  [[nodiscard]] static std::string text(double number) {
    std::array<char, 32> buffer;
    return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr};
  }

  std::filesystem::path path_;
  std::vector<csv_metric> metrics_;
  char separator_;
  std::vector<std::string> lines_;  // before the first epoch: those that are in the file
  std::ofstream file_;
};

}  // namespace espalier::inline v0::io

#endif
