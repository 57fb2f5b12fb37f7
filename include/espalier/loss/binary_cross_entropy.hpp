// SPDX-License-Identifier: Apache-2.0
// The loss of questions with yes or no for an answer.
#ifndef ESPALIER_LOSS_BINARY_CROSS_ENTROPY_HPP
#define ESPALIER_LOSS_BINARY_CROSS_ENTROPY_HPP

#include <cmath>
#include <cstddef>

#include <espalier/kernels/pointwise_loss.hpp>
#include <espalier/loss/detail/curvature.hpp>
#include <espalier/loss/loss.hpp>

namespace espalier::inline v0::loss {

/// -(t log(p) + (1 - t) log(1 - p)) with p = sigmoid(score), the mean over scores, computed from the scores: exact
/// where probabilities would round to 0 or 1. Each score answers one question; a single one tells class 1 from class 0.
///
/// A sigmoid at the end of a network belongs to this loss and is not run before it.
struct binary_cross_entropy {
  static constexpr kernels::score_kind scores = kernels::score_kind::before_sigmoid;
  static constexpr bool takes_targets = true;
  [[nodiscard]] static constexpr std::size_t classes(std::size_t outputs) noexcept { return outputs == 1 ? 2 : 0; }

  double label_smoothing = 0;  ///< targets become t (1 - label_smoothing) + label_smoothing / 2, in [0, 1]

  /// @throws argument_error if the smoothing is out of range, here and in `gradient`.
  template <class T>
  [[nodiscard]] double sum(const answers<T>& a) const {
    return gradient<T>(a, T{1}, nullptr);
  }
  template <class T>
  double gradient(const answers<T>& a, T scale, T* to) const {
    const T smoothing = detail::checked_smoothing<T>("binary_cross_entropy", label_smoothing);
    return kernels::pointwise_loss(a, scale, to, [smoothing](T score, T target) {
      target = target * (1 - smoothing) + smoothing / 2;
      const T tiny = std::exp(-std::abs(score));
      const T probability = score >= 0 ? 1 / (1 + tiny) : tiny / (1 + tiny);
      return kernels::loss_point<T>{(score > 0 ? score : T{0}) - score * target + std::log1p(tiny),
                                    probability - target};
    });
  }

  [[nodiscard]] static constexpr std::size_t curvature_factors(std::size_t outputs) noexcept { return outputs; }
  /// See curved_loss.
  template <class T>
  void curvature_factor(const answers<T>& a, std::size_t which, T* to) const {
    detail::pointwise_factor(a, which, to, [](T score, T) {
      const T tiny = std::exp(-std::abs(score));
      return tiny / ((1 + tiny) * (1 + tiny));
    });
  }
};
static_assert(curved_loss<binary_cross_entropy>);

}  // namespace espalier::inline v0::loss

#endif
