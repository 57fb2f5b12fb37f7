// SPDX-License-Identifier: Apache-2.0
// A loader for data that lie in chunks, such as files, of which a few at a time are in memory.
#ifndef ESPALIER_TRAIN_CHUNK_LOADER_HPP
#define ESPALIER_TRAIN_CHUNK_LOADER_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <espalier/base/callback.hpp>
#include <espalier/base/errors.hpp>
#include <espalier/base/fingerprint.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/dropout.hpp>
#include <espalier/train/loader.hpp>

namespace espalier::inline v0::train {

/// Settings of `chunk_loader`.
struct chunk_loader_options {
  std::vector<std::size_t> sizes{};  ///< how many samples each chunk has, >= 1
  std::size_t window = 4;            ///< chunks in memory at a time, >= 1; samples are shuffled among these
  bool shuffle = true;               ///< false: chunk after chunk, each from its first sample to its last
};

/// Reads chunks in an order that changes from epoch to epoch, a few at a time, and gives their samples mixed: each
/// sample once an epoch, and each chunk read once. The order depends on the seed of the training and the epoch only.
///
/// Used with `fit_options::shuffle` = false, since it shuffles by itself.
/// @tparam T  float or double.
template <class T>
class chunk_loader {
 public:
  /// Reads chunk number `chunk`, from 0, into `to`, which comes empty; may throw.
  using reader = callback<void(std::size_t chunk, batch_data<T>& to)>;

  /// @param options  see chunk_loader_options.
  /// @param read     see reader.
  /// @throws argument_error if there is no chunk, an empty one, or a window of 0.
  chunk_loader(chunk_loader_options options, reader read) : options_(std::move(options)), read_(std::move(read)) {
    if (options_.sizes.empty() || options_.window == 0 ||
        std::find(options_.sizes.begin(), options_.sizes.end(), std::size_t{0}) != options_.sizes.end()) {
      reject<argument_error>(
          "train::chunk_loader",
          {options_.sizes.size(), " chunks with a window of ", options_.window, ", or a chunk of no samples"},
          {"1 or more of each"});
    }
    for (const std::size_t size : options_.sizes) {
      begins_.push_back(size_);
      size_ += size;
    }
  }

  /// @return how many samples all chunks have.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// @return a number that stands for the settings; of what is in the chunks nothing is known.
  [[nodiscard]] std::uint64_t identity() const noexcept {
    return fingerprint()
        .add(std::span<const std::size_t>(options_.sizes))
        .add(options_.window)
        .add(options_.shuffle)
        .value();
  }

  /// Gives the next samples.
  /// @param request  the next in its epoch; with the first of an epoch a new order is drawn.
  /// @param batch    what comes.
  /// @throws argument_error if other samples are asked for; shape_error if a chunk has another size than was said.
  /// Complexity: O(numbers of the batch), and the reading of chunks.
  void load(const batch_request& request, batch_data<T>& batch) {
    if (request.first == 0) {
      begin_epoch(request);
    }
    expect_next(request);
    clear(batch);
    for (std::size_t i = 0; i < request.samples.size(); ++i) {
      if (next_ == places_.size()) {
        read_window();
      }
      give(places_[next_++], batch);
    }
    given_ += request.samples.size();
  }

 private:
  /// A sample in the window.
  struct place {
    std::size_t slot = 0;  // of the chunk in the window
    std::size_t row = 0;
  };

  void begin_epoch(const batch_request& request) {
    random_ = random_generator(kernels::mixed(request.seed, request.epoch));
    order_.resize(options_.sizes.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    if (options_.shuffle) {
      random_.shuffle(std::span(order_));
    }
    chunks_read_ = next_ = given_ = 0;
    places_.clear();
  }

  void expect_next(const batch_request& request) const {
    const std::size_t count = request.samples.size();
    if (request.first != given_ || count == 0 || given_ + count > size_ || request.samples.front() != given_ ||
        request.samples.back() != given_ + count - 1) {
      reject<argument_error>("train::chunk_loader",
                             {count, " samples behind ", request.first, " in an order of their own"},
                             {"the next behind ", given_, ", one after the other: fit_options::shuffle = false"});
    }
  }

  void read_window() {
    const std::size_t count = (std::min)(options_.window, order_.size() - chunks_read_);
    window_.resize((std::max)(window_.size(), count));
    in_window_.assign(order_.begin() + static_cast<std::ptrdiff_t>(chunks_read_),
                      order_.begin() + static_cast<std::ptrdiff_t>(chunks_read_ + count));
    places_.clear();
    for (std::size_t slot = 0; slot < count; ++slot) {
      clear(window_[slot]);
      read_(in_window_[slot], window_[slot]);
      expect_whole(slot);
      for (std::size_t row = 0; row < options_.sizes[in_window_[slot]]; ++row) {
        places_.push_back({slot, row});
      }
    }
    if (options_.shuffle) {
      random_.shuffle(std::span(places_));
    }
    chunks_read_ += count;
    next_ = 0;
  }

  void expect_whole(std::size_t slot) const {
    const batch_data<T>& chunk = window_[slot];
    const batch_data<T>& first = window_[0];
    const std::size_t count = options_.sizes[in_window_[slot]];
    const auto is_for_all = [&](std::size_t numbers, std::size_t width) { return numbers == count * width; };
    const bool whole = (chunk.labels.empty() || is_for_all(chunk.labels.size(), 1)) &&
                       is_for_all(chunk.targets.size(), chunk.outputs) &&
                       (chunk.weights.empty() || is_for_all(chunk.weights.size(), 1)) &&
                       is_for_all(chunk.samples.size(), features());
    const bool same_kind = chunk.outputs == first.outputs && chunk.labels.empty() == first.labels.empty() &&
                           chunk.weights.empty() == first.weights.empty();
    if (!whole || !same_kind) {
      reject<shape_error>("train::chunk_loader",
                          {"chunk ", in_window_[slot], " of ", chunk.samples.size(), " numbers, ", chunk.labels.size(),
                           " labels, ", chunk.targets.size(), " targets and ", chunk.weights.size(), " weights"},
                          {count, " samples of ", features(), " numbers, with what other chunks have"});
    }
  }
  [[nodiscard]] std::size_t features() const { return window_[0].samples.size() / options_.sizes[in_window_[0]]; }

  void give(const place& from, batch_data<T>& batch) const {
    const batch_data<T>& chunk = window_[from.slot];
    append(chunk.samples, from.row, features(), batch.samples);
    append(chunk.targets, from.row, chunk.outputs, batch.targets);
    if (!chunk.labels.empty()) {
      append(chunk.labels, from.row, 1, batch.labels);
    }
    if (!chunk.weights.empty()) {
      append(chunk.weights, from.row, 1, batch.weights);
    }
    batch.outputs = chunk.outputs;
    batch.numbers.push_back(static_cast<std::uint32_t>(begins_[in_window_[from.slot]] + from.row));
  }
  template <class Number>
  static void append(const std::vector<Number>& from, std::size_t row, std::size_t width, std::vector<Number>& to) {
    const auto begin = from.begin() + static_cast<std::ptrdiff_t>(row * width);
    to.insert(to.end(), begin, begin + static_cast<std::ptrdiff_t>(width));
  }

  /// Keeps the memory.
  static void clear(batch_data<T>& data) {
    data.samples.clear();
    data.labels.clear();
    data.targets.clear();
    data.outputs = 0;
    data.weights.clear();
    data.numbers.clear();
  }

  chunk_loader_options options_;
  reader read_;
  std::vector<std::size_t> begins_;  // of each chunk among all samples
  std::size_t size_ = 0;
  random_generator random_{0};
  std::vector<std::size_t> order_;  // of the chunks in this epoch
  std::size_t chunks_read_ = 0;
  std::vector<batch_data<T>> window_;
  std::vector<std::size_t> in_window_;  // which chunks these are
  std::vector<place> places_;           // of the samples in the window, in the order in which they are given
  std::size_t next_ = 0;
  std::size_t given_ = 0;  // in this epoch
};
static_assert(loader<chunk_loader<float>, float>);

}  // namespace espalier::inline v0::train

#endif
