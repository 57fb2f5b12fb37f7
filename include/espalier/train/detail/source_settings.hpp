// SPDX-License-Identifier: Apache-2.0
// What the sources of batches have in common.
#ifndef ESPALIER_TRAIN_DETAIL_SOURCE_SETTINGS_HPP
#define ESPALIER_TRAIN_DETAIL_SOURCE_SETTINGS_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/base/view_of.hpp>
#include <espalier/train/data_view.hpp>

namespace espalier::inline v0::train::detail {

/// How samples come to a training.
struct source_settings {
  bool shuffle = false;
  std::uint64_t seed = 0;
  std::span<const double> class_weights{};
  data_demands demands{};   ///< of what is loaded
  bool load_ahead = false;  ///< whether the next batch is loaded while the last one is trained on
};

/// @return the settings of a fit.
template <class Options>
[[nodiscard]] source_settings settings_of(const Options& options, const data_demands& demands) {
  return {options.shuffle, options.seed, view_of(options.class_weights), demands, options.load_ahead};
}

/// Lets the samples of a view, which have labels, weigh what they do times what their classes do.
/// @param weights  where that is kept.
template <class T>
void weigh_by_class(data_view<T>& view, std::span<const double> class_weights, std::vector<T>& weights) {
  weights.resize(view.size());
  for (const std::uint32_t sample : view.chosen) {
    const T own = view.weights.empty() ? T{1} : view.weights[sample];
    weights[sample] = own * static_cast<T>(class_weights[view.labels[sample]]);
  }
  view.weights = weights;
}

}  // namespace espalier::inline v0::train::detail

#endif
