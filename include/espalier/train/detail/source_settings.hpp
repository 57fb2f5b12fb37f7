// SPDX-License-Identifier: Apache-2.0
// What the sources of batches have in common.
#ifndef ESPALIER_TRAIN_DETAIL_SOURCE_SETTINGS_HPP
#define ESPALIER_TRAIN_DETAIL_SOURCE_SETTINGS_HPP

#include <cstddef>
#include <cstdint>
#include <span>

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
  return {options.shuffle, options.seed, options.class_weights, demands, options.load_ahead};
}

/// @return how much a sample with a label counts.
template <class T>
[[nodiscard]] T weight_by_class(const data_view<T>& data, std::size_t sample, std::span<const double> class_weights) {
  const T own = data.weights.empty() ? T{1} : data.weights[sample];
  return own * static_cast<T>(class_weights[data.labels[sample]]);
}

}  // namespace espalier::inline v0::train::detail

#endif
