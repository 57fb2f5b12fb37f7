// SPDX-License-Identifier: Apache-2.0
// Softmax and cross-entropy in one, and the count of right answers, on lane blocks.
#ifndef ESPALIER_KERNELS_CROSS_ENTROPY_HPP
#define ESPALIER_KERNELS_CROSS_ENTROPY_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <espalier/base/compiled_once.hpp>
#include <espalier/kernels/answers.hpp>
#include <espalier/kernels/detail/exponential.hpp>
#include <espalier/kernels/detail/vector.hpp>
#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::kernels {

namespace detail {

/// What a few samples have in common in losses and gradients.
template <class T>
struct shares {
  numbers<T> largest;  ///< score; taken off first, so that nothing overflows
  numbers<T> total;    ///< of exp(score - largest)
};

/// @param scores  of class 0 of the first of these samples.
/// @param shares_of_total  null, or where exp(score - largest) of every class goes, laid out as the scores.
template <class T>
[[nodiscard]] shares<T> shares_of(const T* scores, std::size_t classes, T* shares_of_total = nullptr) {
  shares<T> s{load(scores), {}};
  for (std::size_t c = 1; c < classes; ++c) {
    const numbers<T> score = load(scores + c * lanes);
    s.largest = score > s.largest ? score : s.largest;
  }
  for (std::size_t c = 0; c < classes; ++c) {
    const numbers<T> share = exponential<T>(load(scores + c * lanes) - s.largest);
    s.total += share;
    if (shares_of_total != nullptr) {
      store(shares_of_total + c * lanes, share);
    }
  }
  return s;
}

/// Sum of the losses of a few samples from `first` on, of which `there` are there. Samples that weigh the same share a
/// logarithm, that of the product of their totals, each of which is at most the number of classes.
template <class T>
[[nodiscard]] double losses(const shares<T>& s, const answers<T>& a, std::size_t first, std::size_t there) {
  double loss = 0;
  double product = 1;
  for (std::size_t lane = 0; lane < there; ++lane) {
    const auto score = static_cast<double>(a.scores[a.place(first + lane, a.labels[first + lane])]);
    const double above = static_cast<double>(s.largest[lane]) - score;
    const auto total = static_cast<double>(s.total[lane]);
    if (a.weights.empty()) {
      product *= total;
      loss += above;
    } else {
      loss += (std::log(total) + above) * static_cast<double>(a.weights[first + lane]);
    }
  }
  return loss + std::log(product);
}

/// How many of `width` samples from `first` on there are.
template <class T>
[[nodiscard]] std::size_t samples_from(const answers<T>& a, std::size_t first) {
  return first < a.samples() ? (std::min)(short_vector<T>::width, a.samples() - first) : 0;
}

}  // namespace detail

/// Sum over samples of weight x (log(sum over c of exp(s_c)) - s_label).
/// @param a  scores and the right class of each sample.
template <class T>
[[nodiscard]] double cross_entropy(const answers<T>& a) {
  double loss = 0;
  for (std::size_t sample = 0; sample < a.samples(); sample += detail::short_vector<T>::width) {
    const auto shares = detail::shares_of(a.scores + a.place(sample, 0), a.classes);
    loss += detail::losses(shares, a, sample, detail::samples_from(a, sample));
  }
  return loss;
}

/// The gradient of scale * cross_entropy by the scores: scale * weight * (softmax - [c == label]). Lanes without a
/// sample get 0.
/// @param gradient  [block][class][lane], for all lanes of the blocks that hold the samples.
/// @return cross_entropy, which comes with it at no cost.
template <class T>
double cross_entropy_gradient(const answers<T>& a, T scale, T* gradient) {
  constexpr std::size_t width = detail::short_vector<T>::width;
  double loss = 0;
  for (std::size_t sample = 0; sample < blocks_of(a.samples()) * lanes; sample += width) {
    const std::size_t first = a.place(sample, 0);
    const detail::shares<T> s = detail::shares_of(a.scores + first, a.classes, gradient + first);
    const std::size_t there = detail::samples_from(a, sample);
    detail::numbers<T> factor{};
    for (std::size_t lane = 0; lane < there; ++lane) {
      factor[lane] = scale * a.weight(sample + lane);
    }
    factor /= s.total;
    for (std::size_t c = 0; c < a.classes; ++c) {
      T* share = gradient + first + c * lanes;
      detail::store(share, factor * detail::load(share));
    }
    for (std::size_t lane = 0; lane < there; ++lane) {
      gradient[a.place(sample + lane, a.labels[sample + lane])] -= scale * a.weight(sample + lane);
    }
    loss += detail::losses(s, a, sample, there);
  }
  return loss;
}

/// How much of the samples' weight has its largest score at the right class; of equal scores the first counts. A single
/// score above `threshold` says class 1, else class 0.
template <class T>
[[nodiscard]] double count_right(const answers<T>& a, T threshold) {
  double right = 0;
  for (std::size_t sample = 0; sample < a.samples(); ++sample) {
    const T* own = a.scores + a.place(sample, 0);
    std::size_t best = a.classes == 1 && own[0] > threshold ? 1 : 0;
    for (std::size_t c = 1; c < a.classes; ++c) {
      best = own[c * lanes] > own[best * lanes] ? c : best;
    }
    right += best == a.labels[sample] ? static_cast<double>(a.weight(sample)) : 0;
  }
  return right;
}

#if defined(ESPALIER_COMPILED_ONCE)
ESPALIER_COMPILED_ONCE double cross_entropy(const answers<float>& a);
ESPALIER_COMPILED_ONCE double cross_entropy(const answers<double>& a);
ESPALIER_COMPILED_ONCE double cross_entropy_gradient(const answers<float>& a, float scale, float* gradient);
ESPALIER_COMPILED_ONCE double cross_entropy_gradient(const answers<double>& a, double scale, double* gradient);
ESPALIER_COMPILED_ONCE double count_right(const answers<float>& a, float threshold);
ESPALIER_COMPILED_ONCE double count_right(const answers<double>& a, double threshold);
#endif

}  // namespace espalier::inline v0::kernels

#endif
