// SPDX-License-Identifier: Apache-2.0
// Sets weights that a mask holds to their values, after every step of an optimizer.
#ifndef ESPALIER_KERNELS_HELD_WEIGHTS_HPP
#define ESPALIER_KERNELS_HELD_WEIGHTS_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include <espalier/kernels/detail/vector.hpp>

namespace espalier::inline v0::kernels {

/// Weights that are held at given values, exactly, whatever an optimizer made of them.
/// @tparam T  float or double.
template <class T>
class held_weights {
 public:
  /// @param mask     one entry per weight: 0 for those that are held.
  /// @param offsets  their values, one entry per weight; empty: 0.
  held_weights(std::span<const std::uint8_t> mask, std::span<const T> offsets)
      : kept_(mask.size()), values_(offsets.empty() ? 0 : mask.size()) {
    using whole = typename detail::short_vector<T>::whole;
    for (std::size_t i = 0; i < mask.size(); ++i) {
      const whole bits = mask[i] == 0 ? 0 : -1;
      std::memcpy(&kept_[i], &bits, sizeof(bits));
      if (!offsets.empty()) {
        values_[i] = mask[i] == 0 ? offsets[i] : T{0};
      }
      any_ = any_ || mask[i] == 0;
    }
  }

  /// @param weights  as many as the mask had entries.   Complexity: O(weights), without branches; O(1) if none is held.
  void apply(std::span<T> weights) const {
    using whole = detail::wholes<T>;
    constexpr std::size_t width = detail::short_vector<T>::width;
    clear(weights);
    // Most masks hold weights at 0, and what is not looked at stays out of the cache.
    std::size_t i = 0;
    for (; any_ && i + width <= values_.size(); i += width) {
      detail::store(weights.data() + i,
                    detail::load<whole>(weights.data() + i) | detail::load<whole>(values_.data() + i));
    }
    for (; any_ && i < values_.size(); ++i) {
      weights[i] = is_held(i) ? values_[i] : weights[i];
    }
  }

  /// Sets numbers of weights that are held to 0.
  /// @param numbers  as in `apply`.   Complexity: as `apply`.
  void clear(std::span<T> numbers) const {
    using whole = detail::wholes<T>;
    constexpr std::size_t width = detail::short_vector<T>::width;
    std::size_t i = 0;
    for (; any_ && i + width <= numbers.size(); i += width) {
      detail::store(numbers.data() + i,
                    detail::load<whole>(numbers.data() + i) & detail::load<whole>(kept_.data() + i));
    }
    for (; any_ && i < numbers.size(); ++i) {
      numbers[i] = is_held(i) ? T{0} : numbers[i];
    }
  }

 private:
  [[nodiscard]] bool is_held(std::size_t i) const noexcept {
    typename detail::short_vector<T>::whole kept = 0;
    std::memcpy(&kept, &kept_[i], sizeof(kept));
    return kept == 0;
  }

  std::vector<T> kept_;    // all bits 1 where a weight is kept
  std::vector<T> values_;  // of those that are held; none: 0
  bool any_ = false;
};

}  // namespace espalier::inline v0::kernels

#endif
