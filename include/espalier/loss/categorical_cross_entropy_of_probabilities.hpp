// SPDX-License-Identifier: Apache-2.0
// The loss of classification for networks whose outputs are probabilities, but not by a softmax at the end.
#ifndef ESPALIER_LOSS_CATEGORICAL_CROSS_ENTROPY_OF_PROBABILITIES_HPP
#define ESPALIER_LOSS_CATEGORICAL_CROSS_ENTROPY_OF_PROBABILITIES_HPP

#include <espalier/kernels/soft_cross_entropy.hpp>
#include <espalier/loss/loss.hpp>

namespace espalier::inline v0::loss {

/// -sum over classes of t log(p / sum of p), with the shares cut off at 1e-7 and 1 - 1e-7, where the gradient is 0, as
/// in Keras. After a softmax take `categorical_cross_entropy`, which cuts off nothing.
struct categorical_cross_entropy_of_probabilities {
  static constexpr kernels::score_kind scores = kernels::score_kind::outputs;
  static constexpr bool takes_targets = true;

  double label_smoothing = 0;  ///< share of the targets that is spread over all classes, in [0, 1]

  /// @throws argument_error if the smoothing is out of range, here and in `gradient`.
  template <class T>
  [[nodiscard]] double sum(const answers<T>& a) const {
    return gradient<T>(a, T{1}, nullptr);
  }
  template <class T>
  double gradient(const answers<T>& a, T scale, T* to) const {
    const T smoothing = detail::checked_smoothing<T>("categorical_cross_entropy_of_probabilities", label_smoothing);
    return kernels::probability_cross_entropy(a, smoothing, scale, to);
  }
};
static_assert(loss<categorical_cross_entropy_of_probabilities>);

}  // namespace espalier::inline v0::loss

#endif
