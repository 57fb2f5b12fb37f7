// SPDX-License-Identifier: Apache-2.0
// Losses that look at every score by itself, and at its target.
#ifndef ESPALIER_KERNELS_POINTWISE_LOSS_HPP
#define ESPALIER_KERNELS_POINTWISE_LOSS_HPP

#include <cstddef>

#include <espalier/kernels/answers.hpp>

namespace espalier::inline v0::kernels {

/// A loss at one score, and its derivative there.
template <class T>
struct loss_point {
  T value = 0;
  T slope = 0;
};

/// Sum over samples of weight x the mean over scores of f(score, target).
/// @param a      scores with targets or labels.
/// @param scale  of the gradient.
/// @param to     where scale x the gradient by the scores goes, 0 in lanes without a sample; or null.
/// @param f      gives a loss_point.
template <class T, class Function>
double pointwise_loss(const answers<T>& a, T scale, T* to, const Function& f) {
  double loss = 0;
  a.clear(to);
  for (std::size_t sample = 0; sample < a.samples(); ++sample) {
    double own = 0;
    const T share = a.weight(sample) / static_cast<T>(a.classes);
    for (std::size_t score = 0; score < a.classes; ++score) {
      const std::size_t place = a.place(sample, score);
      const loss_point<T> at = f(a.scores[place], a.target(sample, score));
      own += static_cast<double>(at.value);
      if (to != nullptr) {
        to[place] = scale * share * at.slope;
      }
    }
    loss += own * static_cast<double>(a.weight(sample)) / static_cast<double>(a.classes);
  }
  return loss;
}

}  // namespace espalier::inline v0::kernels

#endif
