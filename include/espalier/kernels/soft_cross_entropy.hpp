// SPDX-License-Identifier: Apache-2.0
// Cross-entropy with targets that are shares of classes, from scores or from probabilities.
#ifndef ESPALIER_KERNELS_SOFT_CROSS_ENTROPY_HPP
#define ESPALIER_KERNELS_SOFT_CROSS_ENTROPY_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <espalier/base/compiled_once.hpp>
#include <espalier/kernels/answers.hpp>
#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::kernels {

namespace detail {

/// The share of a class that is aimed at: t (1 - smoothing) + smoothing / classes.
template <class T>
[[nodiscard]] T smoothed(const answers<T>& a, std::size_t sample, std::size_t c, T smoothing) {
  return a.target(sample, c) * (1 - smoothing) + smoothing / static_cast<T>(a.classes);
}

}  // namespace detail

/// Sum over samples of weight x -sum over c of t_c log(softmax(scores)_c), with t the smoothed targets.
/// @param a          scores with targets or labels.
/// @param smoothing  share of the targets that is spread over all classes, in [0, 1].
/// @param scale      of the gradient.
/// @param to         where scale x the gradient by the scores goes, 0 in lanes without a sample; or null.
template <class T>
double soft_cross_entropy(const answers<T>& a, T smoothing, T scale, T* to) {
  a.clear(to);
  double loss = 0;
  for (std::size_t sample = 0; sample < a.samples(); ++sample) {
    const T* own = a.scores + a.place(sample, 0);
    T largest = own[0];
    for (std::size_t c = 1; c < a.classes; ++c) {
      largest = own[c * lanes] > largest ? own[c * lanes] : largest;
    }
    T total = 0;
    T targets = 0;
    double weighed = 0;
    for (std::size_t c = 0; c < a.classes; ++c) {
      const T target = detail::smoothed(a, sample, c, smoothing);
      total += std::exp(own[c * lanes] - largest);
      targets += target;
      weighed += static_cast<double>(target) * (static_cast<double>(largest) - static_cast<double>(own[c * lanes]));
    }
    const T weight = a.weight(sample);
    loss +=
        static_cast<double>(weight) * (static_cast<double>(targets) * std::log(static_cast<double>(total)) + weighed);
    for (std::size_t c = 0; to != nullptr && c < a.classes; ++c) {
      const T share = std::exp(own[c * lanes] - largest) / total;
      to[a.place(sample, c)] = scale * weight * (share * targets - detail::smoothed(a, sample, c, smoothing));
    }
  }
  return loss;
}

/// The same with p / sum of p in place of the softmax, cut off at 1e-7 and 1 - 1e-7, where the gradient is 0.
template <class T>
double probability_cross_entropy(const answers<T>& a, T smoothing, T scale, T* to) {
  constexpr T least = static_cast<T>(1e-7);
  a.clear(to);
  double loss = 0;
  for (std::size_t sample = 0; sample < a.samples(); ++sample) {
    const T* own = a.scores + a.place(sample, 0);
    T total = 0;
    for (std::size_t c = 0; c < a.classes; ++c) {
      total += own[c * lanes];
    }
    const T weight = a.weight(sample);
    double sample_loss = 0;
    T common = 0;  // what the division by the sum adds to every slope
    for (std::size_t c = 0; c < a.classes; ++c) {
      const T share = own[c * lanes] / total;
      const T target = detail::smoothed(a, sample, c, smoothing);
      const T kept = (std::clamp)(share, least, 1 - least);
      sample_loss -= static_cast<double>(target) * std::log(static_cast<double>(kept));
      common += kept == share ? target : T{0};
    }
    loss += static_cast<double>(weight) * sample_loss;
    for (std::size_t c = 0; to != nullptr && c < a.classes; ++c) {
      const T share = own[c * lanes] / total;
      const bool inside = (std::clamp)(share, least, 1 - least) == share;
      const T slope = inside ? -detail::smoothed(a, sample, c, smoothing) / share : T{0};
      to[a.place(sample, c)] = scale * weight * (slope + common) / total;
    }
  }
  return loss;
}

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE double soft_cross_entropy(const answers<float>& a, float smoothing, float scale, float* to);
ESPALIER_COMPILED_ONCE double soft_cross_entropy(const answers<double>& a, double smoothing, double scale, double* to);
ESPALIER_COMPILED_ONCE double probability_cross_entropy(const answers<float>& a, float smoothing, float scale,
                                                        float* to);
ESPALIER_COMPILED_ONCE double probability_cross_entropy(const answers<double>& a, double smoothing, double scale,
                                                        double* to);
#endif

}  // namespace espalier::inline v0::kernels

#endif
