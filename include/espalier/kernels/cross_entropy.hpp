// SPDX-License-Identifier: Apache-2.0
// Softmax and cross-entropy in one, and the count of right answers, on lane blocks.
#ifndef ESPALIER_KERNELS_CROSS_ENTROPY_HPP
#define ESPALIER_KERNELS_CROSS_ENTROPY_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <espalier/kernels/detail/exponential.hpp>
#include <espalier/kernels/detail/vector.hpp>
#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::kernels {

namespace detail {

/// @return where the score of class 0 of a sample is; the others follow one lane block apart.
[[nodiscard]] constexpr std::size_t first_score(std::size_t sample, std::size_t classes) noexcept {
  return sample / lanes * classes * lanes + sample % lanes;
}

/// What a few samples have in common in losses and gradients.
template <class T>
struct shares {
  numbers<T> largest;  ///< score; taken off first, so that nothing overflows
  numbers<T> total;    ///< of exp(score - largest)
};

/// @param scores  of class 0 of the first of these samples.
template <class T>
[[nodiscard]] shares<T> shares_of(const T* scores, std::size_t classes) {
  shares<T> s{load(scores), {}};
  for (std::size_t c = 1; c < classes; ++c) {
    const numbers<T> score = load(scores + c * lanes);
    s.largest = score > s.largest ? score : s.largest;
  }
  for (std::size_t c = 0; c < classes; ++c) {
    s.total += exponential<T>(load(scores + c * lanes) - s.largest);
  }
  return s;
}

/// Sum of the losses of a few samples, of which `labels` are there.
template <class T>
[[nodiscard]] double losses(const shares<T>& s, const T* scores, std::span<const std::uint32_t> labels) {
  double loss = 0;
  for (std::size_t lane = 0; lane < labels.size(); ++lane) {
    const auto above = static_cast<double>(s.largest[lane]) - static_cast<double>(scores[labels[lane] * lanes + lane]);
    loss += std::log(static_cast<double>(s.total[lane])) + above;
  }
  return loss;
}

}  // namespace detail

/// Sum over samples of log(sum over c of exp(s_c)) - s_label.
/// @param scores  [block][class][lane]; @param classes  how many; @param labels  the right class of each sample.
template <class T>
[[nodiscard]] double cross_entropy(const T* scores, std::size_t classes, std::span<const std::uint32_t> labels) {
  constexpr std::size_t width = detail::short_vector<T>::width;
  double loss = 0;
  for (std::size_t sample = 0; sample < labels.size(); sample += width) {
    const T* own = scores + detail::first_score(sample, classes);
    const auto there = labels.subspan(sample, (std::min)(width, labels.size() - sample));
    loss += detail::losses(detail::shares_of(own, classes), own, there);
  }
  return loss;
}

/// The gradient of scale * cross_entropy by the scores: scale * (softmax - [c == label]). Lanes without a sample get 0.
/// @param gradient  [block][class][lane], for all lanes of the blocks that hold the samples.
/// @return cross_entropy, which comes with it at no cost.
template <class T>
double cross_entropy_gradient(const T* scores, std::size_t classes, std::span<const std::uint32_t> labels, T scale,
                              T* gradient) {
  constexpr std::size_t width = detail::short_vector<T>::width;
  double loss = 0;
  for (std::size_t sample = 0; sample < blocks_of(labels.size()) * lanes; sample += width) {
    const std::size_t first = detail::first_score(sample, classes);
    const detail::shares<T> s = detail::shares_of(scores + first, classes);
    const std::size_t there = sample < labels.size() ? (std::min)(width, labels.size() - sample) : 0;
    detail::numbers<T> factor{};
    for (std::size_t lane = 0; lane < there; ++lane) {
      factor[lane] = scale / s.total[lane];
    }
    for (std::size_t c = 0; c < classes; ++c) {
      const auto share = detail::exponential<T>(detail::load(scores + first + c * lanes) - s.largest);
      detail::store(gradient + first + c * lanes, factor * share);
    }
    for (std::size_t lane = 0; lane < there; ++lane) {
      gradient[first + labels[sample + lane] * lanes + lane] -= scale;
    }
    loss += detail::losses(s, scores + first, there == 0 ? labels.first(0) : labels.subspan(sample, there));
  }
  return loss;
}

/// How many samples have their largest score at the right class; of equal scores the first counts.
template <class T>
[[nodiscard]] std::size_t count_right(const T* scores, std::size_t classes, std::span<const std::uint32_t> labels) {
  std::size_t right = 0;
  for (std::size_t sample = 0; sample < labels.size(); ++sample) {
    const T* own = scores + detail::first_score(sample, classes);
    std::size_t best = 0;
    for (std::size_t c = 1; c < classes; ++c) {
      best = own[c * lanes] > own[best * lanes] ? c : best;
    }
    right += best == labels[sample] ? 1U : 0U;
  }
  return right;
}

}  // namespace espalier::inline v0::kernels

#endif
