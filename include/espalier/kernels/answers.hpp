// SPDX-License-Identifier: Apache-2.0
// What a network says of some samples, and what is right.
#ifndef ESPALIER_KERNELS_ANSWERS_HPP
#define ESPALIER_KERNELS_ANSWERS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::kernels {

/// What a network says of some samples, and what is right: one class each, or numbers.
/// @tparam T  float or double.
template <class T>
struct answers {
  const T* scores = nullptr;                ///< [block of 16 samples][score][lane]
  std::size_t classes = 0;                  ///< how many scores a sample has
  std::span<const std::uint32_t> labels{};  ///< the right class of each sample; none if there are only targets
  const T* targets = nullptr;               ///< the right numbers, as scores; null if there are only labels
  std::span<const T> weights{};             ///< how much each sample counts; none: 1
  std::size_t count = 0;                    ///< of samples, if there are targets
  std::size_t row = 0;                      ///< scores, and targets, of a sample with those beside these; 0: no more

  [[nodiscard]] std::size_t samples() const noexcept { return targets != nullptr ? count : labels.size(); }
  [[nodiscard]] T weight(std::size_t sample) const noexcept { return weights.empty() ? T{1} : weights[sample]; }

  /// @return where a score of a sample is.
  [[nodiscard]] std::size_t place(std::size_t sample, std::size_t score) const noexcept {
    return (sample / lanes * (row == 0 ? classes : row) + score) * lanes + sample % lanes;
  }
  /// @param gradient  as the scores: becomes 0 in all lanes of the blocks that hold the samples; null: nothing is done.
  void clear(T* gradient) const noexcept {
    for (std::size_t sample = 0; gradient != nullptr && sample < samples(); sample += lanes) {
      std::fill_n(gradient + place(sample, 0), classes * lanes, T{0});
    }
  }
  /// @return what that score should be: the target, or 1 for the right class and 0 for others. A single score stands
  ///         for class 1.
  [[nodiscard]] T target(std::size_t sample, std::size_t score) const noexcept {
    if (targets != nullptr) {
      return targets[place(sample, score)];
    }
    const bool right = classes == 1 ? labels[sample] == 1 : labels[sample] == score;
    return right ? T{1} : T{0};
  }
};

}  // namespace espalier::inline v0::kernels

#endif
