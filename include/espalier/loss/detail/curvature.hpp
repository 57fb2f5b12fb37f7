// SPDX-License-Identifier: Apache-2.0
// Square roots of the second derivatives of losses by the scores.
#ifndef ESPALIER_LOSS_DETAIL_CURVATURE_HPP
#define ESPALIER_LOSS_DETAIL_CURVATURE_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <espalier/kernels/answers.hpp>
#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::loss::detail {

/// The Hessian of -log softmax(s)_label is diag(p) - p p^T, the sum over c of v v^T with v = sqrt(p_c) (1_c - p).
/// @param a        scores.
/// @param c        which of these vectors.
/// @param inverse  1 / temperature, by which scores are multiplied; that of the Hessian is not.
/// @param share    of a sample: what the Hessian is multiplied by, beside the weight; below 0 counts as 0.
/// @param to       where the vector times the root of both goes, 0 in lanes without a sample.
template <class T, class Share>
void softmax_factor(const kernels::answers<T>& a, std::size_t c, T inverse, const Share& share, T* to) {
  a.clear(to);
  for (std::size_t sample = 0; sample < a.samples(); ++sample) {
    const std::size_t first = a.place(sample, 0);
    const T* scores = a.scores + first;
    T largest = scores[0];
    for (std::size_t k = 1; k < a.classes; ++k) {
      largest = (std::max)(largest, scores[k * kernels::lanes]);
    }
    const auto power = [&](std::size_t k) { return std::exp((scores[k * kernels::lanes] - largest) * inverse); };
    T total = 0;
    for (std::size_t k = 0; k < a.classes; ++k) {
      total += power(k);
    }
    const T root = std::sqrt((std::max)(share(sample), T{0}) * a.weight(sample) * power(c) / total);
    for (std::size_t k = 0; k < a.classes; ++k) {
      to[first + k * kernels::lanes] = root * ((k == c ? T{1} : T{0}) - power(k) / total);
    }
  }
}

/// Of a loss that is the mean over scores of f(score, target), the Hessian is diagonal.
/// @param a       scores with targets or labels.
/// @param score   which.
/// @param second  gives the second derivative of f, >= 0.
/// @param to      where its root, with that of the sample's weight, goes; 0 elsewhere.
template <class T, class Function>
void pointwise_factor(const kernels::answers<T>& a, std::size_t score, T* to, const Function& second) {
  a.clear(to);
  for (std::size_t sample = 0; sample < a.samples(); ++sample) {
    const std::size_t place = a.place(sample, score);
    const T share = a.weight(sample) / static_cast<T>(a.classes);
    to[place] = std::sqrt(share * second(a.scores[place], a.target(sample, score)));
  }
}

}  // namespace espalier::inline v0::loss::detail

#endif
