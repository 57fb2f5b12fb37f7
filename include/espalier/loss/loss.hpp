// SPDX-License-Identifier: Apache-2.0
// The concept of a loss: what training makes small.
#ifndef ESPALIER_LOSS_LOSS_HPP
#define ESPALIER_LOSS_LOSS_HPP

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace espalier::inline v0::loss {

/// What a network says of some samples, and what is right.
/// @tparam T  float or double.
template <class T>
struct answers {
  const T* scores = nullptr;                ///< [block of 16 samples][class][lane]
  std::size_t classes = 0;                  ///< how many scores a sample has
  std::span<const std::uint32_t> labels{};  ///< the right class of each sample
};

/// A loss over samples with one right class each.
///
/// - `sum(answers)`: the sum of the samples' losses.
/// - `gradient(answers, scale, to)`: scale times its gradient by the scores, 0 in lanes without a sample; returns what
///   `sum` does.
template <class Loss>
concept loss = requires(const Loss& l, const answers<double>& a, double* to) {
  { l.sum(a) } -> std::convertible_to<double>;
  { l.gradient(a, 1.0, to) } -> std::convertible_to<double>;
};

}  // namespace espalier::inline v0::loss

#endif
