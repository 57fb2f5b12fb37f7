// SPDX-License-Identifier: Apache-2.0
// Softmax and cross-entropy in one, and the count of right answers, on lane blocks.
#ifndef ESPALIER_KERNELS_CROSS_ENTROPY_HPP
#define ESPALIER_KERNELS_CROSS_ENTROPY_HPP

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::kernels {

namespace detail {

/// @return where the score of class 0 of a sample is; the others follow one lane block apart.
[[nodiscard]] constexpr std::size_t first_score(std::size_t sample, std::size_t classes) noexcept {
  return sample / lanes * classes * lanes + sample % lanes;
}

/// log(sum exp(score)) of one sample, the largest score taken off first so that nothing overflows.
template <class T>
[[nodiscard]] T log_sum_exp(const T* scores, std::size_t classes) {
  T largest = scores[0];
  for (std::size_t c = 1; c < classes; ++c) {
    largest = scores[c * lanes] > largest ? scores[c * lanes] : largest;
  }
  T total = 0;
  for (std::size_t c = 0; c < classes; ++c) {
    total += std::exp(scores[c * lanes] - largest);
  }
  return largest + std::log(total);
}

}  // namespace detail

/// Sum over samples of log(sum over c of exp(s_c)) - s_label.
/// @param scores  [block][class][lane]; @param classes  how many; @param labels  the right class of each sample.
template <class T>
[[nodiscard]] double cross_entropy(const T* scores, std::size_t classes, std::span<const std::uint32_t> labels) {
  double loss = 0;
  for (std::size_t sample = 0; sample < labels.size(); ++sample) {
    const T* own = scores + detail::first_score(sample, classes);
    loss += static_cast<double>(detail::log_sum_exp(own, classes) - own[labels[sample] * lanes]);
  }
  return loss;
}

/// The gradient of scale * cross_entropy by the scores: scale * (softmax - [c == label]). Lanes without a sample get 0.
/// @param gradient  [block][class][lane], for all lanes of the blocks that hold the samples.
template <class T>
void cross_entropy_gradient(const T* scores, std::size_t classes, std::span<const std::uint32_t> labels, T scale,
                            T* gradient) {
  for (std::size_t sample = 0; sample < blocks_of(labels.size()) * lanes; ++sample) {
    const std::size_t first = detail::first_score(sample, classes);
    const bool real = sample < labels.size();
    const T normalizer = detail::log_sum_exp(scores + first, classes);
    for (std::size_t c = 0; c < classes; ++c) {
      const T target = real && c == labels[sample] ? T{1} : T{0};
      const T slope = scale * (std::exp(scores[first + c * lanes] - normalizer) - target);
      gradient[first + c * lanes] = real ? slope : T{0};
    }
  }
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
