// SPDX-License-Identifier: Apache-2.0
// Batches that a loader gives.
#ifndef ESPALIER_TRAIN_DETAIL_LOADER_SOURCE_HPP
#define ESPALIER_TRAIN_DETAIL_LOADER_SOURCE_HPP

#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/kernels/all_finite.hpp>
#include <espalier/train/data_view.hpp>
#include <espalier/train/detail/background.hpp>
#include <espalier/train/detail/source_settings.hpp>
#include <espalier/train/loader.hpp>

namespace espalier::inline v0::train::detail {

/// The batches of a loader, each checked before it is used.
template <class T, loader<T> Loader>
class loader_source {
 public:
  /// @throws argument_error if the loader has no samples, or too many.
  loader_source(Loader& from, const source_settings& settings) : loader_(from), settings_(settings) {
    const std::size_t count = loader_.size();
    if (count == 0 || count >= (std::numeric_limits<std::uint32_t>::max)()) {
      reject<argument_error>("train::loader", {count, " samples"}, {"1 to 2^32 - 2"});
    }
    order_.resize(count);
    std::iota(order_.begin(), order_.end(), 0U);
  }
  loader_source(const loader_source&) = delete;
  loader_source& operator=(const loader_source&) = delete;

  [[nodiscard]] std::size_t size() const noexcept { return order_.size(); }
  [[nodiscard]] const data_view<T>& view() const noexcept { return view_; }
  [[nodiscard]] std::span<const std::uint32_t> numbers() const noexcept {
    return now_.numbers.empty() ? asked_ : std::span<const std::uint32_t>(now_.numbers);
  }

  void begin_epoch(std::size_t epoch, random_generator& seeds) {
    drop_next();
    epoch_ = epoch;
    if (settings_.shuffle) {
      seeds.split().shuffle(std::span(order_));
    }
  }

  /// Loads samples; those that would come next too, in the background, if the settings say so.
  [[nodiscard]] std::span<const std::uint32_t> batch(std::size_t begin, std::size_t count) {
    const std::exception_ptr failure = thread_.wait();
    if (next_begin_ == begin) {
      next_begin_ = none;
      if (failure) {
        std::rethrow_exception(failure);
      }
      std::swap(now_, next_);
    } else {
      loader_.load(request(begin, count), now_);
    }
    asked_ = request(begin, count).samples;
    show(begin, count);
    if (settings_.load_ahead && begin + count < size()) {
      const std::size_t left = size() - begin - count;
      next_begin_ = begin + count;
      thread_.begin([this, asked = request(next_begin_, left < count ? left : count)] { loader_.load(asked, next_); });
    }
    return view_.chosen;
  }

 private:
  static constexpr std::size_t none = (std::numeric_limits<std::size_t>::max)();

  /// What was loaded of an epoch that ended early is of no use.
  void drop_next() {
    thread_.wait();
    next_begin_ = none;
  }

  [[nodiscard]] batch_request request(std::size_t begin, std::size_t count) const {
    return {std::span<const std::uint32_t>(order_).subspan(begin, count), epoch_, begin, settings_.seed};
  }

  /// Lets the view show the batch.
  /// @throws as expect_fitting; shape_error if there are not as many samples as were asked for.
  void show(std::size_t begin, std::size_t count) {
    detail::show(now_, view_);
    const std::string where =
        "train::loader (samples from " + std::to_string(begin) + " of epoch " + std::to_string(epoch_) + ")";
    if (view_.size() != count || !(now_.numbers.empty() || now_.numbers.size() == count)) {
      reject<shape_error>(where, {view_.size(), " samples"}, {count});
    }
    if (view_.chosen.size() != count) {
      view_.chosen.resize(count);
      std::iota(view_.chosen.begin(), view_.chosen.end(), 0U);
    }
    expect_fitting(view_, settings_.demands, where);
    if (!kernels::all_finite(view_.samples) || !kernels::all_finite(view_.targets)) {
      reject<numeric_error>(where, {"a feature or target that is not a finite number"}, {"finite numbers"});
    }
    weigh(where);
  }

  void weigh(const std::string& where) {
    if (settings_.class_weights.empty()) {
      return;
    }
    if (view_.outputs != 0 && !settings_.demands.needs_both) {
      reject<argument_error>(where, {"weights of classes, and targets"}, {"labels in place of targets"});
    }
    weigh_by_class(view_, settings_.class_weights, weights_);
  }

  Loader& loader_;
  source_settings settings_;
  std::vector<std::uint32_t> order_;
  std::size_t epoch_ = 0;
  std::span<const std::uint32_t> asked_;
  batch_data<T> now_;
  batch_data<T> next_;
  std::size_t next_begin_ = none;  // of the batch that is loaded in the background
  std::vector<T> weights_;
  data_view<T> view_;
  background<> thread_;  // last, so that it ends before what it uses
};

}  // namespace espalier::inline v0::train::detail

#endif
