// SPDX-License-Identifier: Apache-2.0
// Batches of a set that is in memory.
#ifndef ESPALIER_TRAIN_DETAIL_MEMORY_SOURCE_HPP
#define ESPALIER_TRAIN_DETAIL_MEMORY_SOURCE_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/base/compiled_once.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/base/view_of.hpp>
#include <espalier/train/data_view.hpp>
#include <espalier/train/detail/source_settings.hpp>

namespace espalier::inline v0::train::detail {

/// The batches of a view, whose samples weigh what they do times what their classes do.
template <class T>
class memory_source {
 public:
  memory_source(const data_view<T>& data, const source_settings& settings)
      : shuffle_(settings.shuffle), view_(data), order_(data.chosen) {
    if (!settings.class_weights.empty()) {
      weigh_by_class(view_, settings.class_weights, weights_);
    }
  }
  memory_source(const memory_source&) = delete;
  memory_source& operator=(const memory_source&) = delete;

  /// @return how many samples an epoch has.
  [[nodiscard]] std::size_t size() const noexcept { return order_.size(); }
  /// @return what a batch points into.
  [[nodiscard]] const data_view<T>& view() const noexcept { return view_; }
  /// @return the numbers that the samples of the last batch have elsewhere than in the view; none: the same.
  [[nodiscard]] std::span<const std::uint32_t> numbers() const noexcept { return {}; }

  void begin_epoch(std::size_t /*epoch*/, random_generator& seeds) {
    if (shuffle_) {
      seeds.split().shuffle(std::span(order_));
    }
  }
  /// @return which samples of the view are numbers begin to begin + count - 1 of the epoch.
  [[nodiscard]] std::span<const std::uint32_t> batch(std::size_t begin, std::size_t count) const {
    return view_of(order_).subspan(begin, count);
  }

 private:
  bool shuffle_;
  std::vector<T> weights_;
  data_view<T> view_;
  std::vector<std::uint32_t> order_;
};

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE class memory_source<float>;
ESPALIER_COMPILED_ONCE class memory_source<double>;
#endif

}  // namespace espalier::inline v0::train::detail

#endif
