// SPDX-License-Identifier: Apache-2.0
// The usual loss of classification.
#ifndef ESPALIER_LOSS_CATEGORICAL_CROSS_ENTROPY_HPP
#define ESPALIER_LOSS_CATEGORICAL_CROSS_ENTROPY_HPP

#include <espalier/kernels/cross_entropy.hpp>
#include <espalier/loss/loss.hpp>

namespace espalier::inline v0::loss {

/// -log(softmax(scores)[label]), computed from the scores: exact where probabilities would round to 0 or 1.
///
/// A softmax at the end of a network belongs to this loss and is not run before it.
struct categorical_cross_entropy {
  template <class T>
  [[nodiscard]] static double sum(const answers<T>& a) {
    return kernels::cross_entropy(a.scores, a.classes, a.labels);
  }
  template <class T>
  static double gradient(const answers<T>& a, T scale, T* to) {
    return kernels::cross_entropy_gradient(a.scores, a.classes, a.labels, scale, to);
  }
};
static_assert(loss<categorical_cross_entropy>);

}  // namespace espalier::inline v0::loss

#endif
