// SPDX-License-Identifier: Apache-2.0
// The usual loss of classification.
#ifndef ESPALIER_LOSS_CATEGORICAL_CROSS_ENTROPY_HPP
#define ESPALIER_LOSS_CATEGORICAL_CROSS_ENTROPY_HPP

#include <espalier/kernels/cross_entropy.hpp>
#include <espalier/kernels/soft_cross_entropy.hpp>
#include <espalier/loss/detail/curvature.hpp>
#include <espalier/loss/loss.hpp>

namespace espalier::inline v0::loss {

/// -sum over classes of t log(softmax(scores)), computed from the scores: exact where probabilities would round to 0 or
/// 1. Labels are targets of 1 for the right class, which Keras calls sparse; targets may be shares of several classes.
///
/// A softmax at the end of a network belongs to this loss and is not run before it.
struct categorical_cross_entropy {
  static constexpr kernels::score_kind scores = kernels::score_kind::before_softmax;
  static constexpr bool takes_targets = true;

  double label_smoothing = 0;  ///< share of the targets that is spread over all classes, in [0, 1]

  /// @throws argument_error if the smoothing is out of range, here and in `gradient`.
  template <class T>
  [[nodiscard]] double sum(const answers<T>& a) const {
    return is_plain(a) ? kernels::cross_entropy(a) : kernels::soft_cross_entropy<T>(a, smoothing<T>(), T{1}, nullptr);
  }
  template <class T>
  double gradient(const answers<T>& a, T scale, T* to) const {
    return is_plain(a) ? kernels::cross_entropy_gradient(a, scale, to)
                       : kernels::soft_cross_entropy<T>(a, smoothing<T>(), scale, to);
  }

  [[nodiscard]] static constexpr std::size_t curvature_factors(std::size_t outputs) noexcept { return outputs; }
  /// See curved_loss.
  template <class T>
  void curvature_factor(const answers<T>& a, std::size_t which, T* to) const {
    detail::softmax_factor<T>(
        a, which, T{1}, [&](std::size_t sample) { return targets_of(a, sample); }, to);
  }

 private:
  /// Targets need not add up to 1.
  template <class T>
  [[nodiscard]] T targets_of(const answers<T>& a, std::size_t sample) const {
    T sum = a.targets == nullptr ? T{1} : T{0};
    for (std::size_t c = 0; a.targets != nullptr && c < a.classes; ++c) {
      sum += a.target(sample, c);
    }
    return sum * (1 - smoothing<T>()) + smoothing<T>();
  }
  template <class T>
  [[nodiscard]] bool is_plain(const answers<T>& a) const {
    return a.targets == nullptr && label_smoothing == 0;
  }
  template <class T>
  [[nodiscard]] T smoothing() const {
    return detail::checked_smoothing<T>("categorical_cross_entropy", label_smoothing);
  }
};
static_assert(curved_loss<categorical_cross_entropy>);

}  // namespace espalier::inline v0::loss

#endif
