// SPDX-License-Identifier: Apache-2.0
// Cross-entropy with labels and, at a temperature, the divergence from another network's scores, in one.
#ifndef ESPALIER_KERNELS_DISTILLATION_HPP
#define ESPALIER_KERNELS_DISTILLATION_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <espalier/kernels/answers.hpp>
#include <espalier/kernels/cross_entropy.hpp>
#include <espalier/kernels/detail/exponential.hpp>
#include <espalier/kernels/detail/vector.hpp>
#include <espalier/kernels/lanes.hpp>

namespace espalier::inline v0::kernels {

namespace detail {

/// A softmax at a temperature, of a few samples.
template <class T>
class tempered {
 public:
  /// @param scores  of class 0 of the first of these samples.   @param inverse  1 / temperature.
  tempered(const T* scores, std::size_t classes, T inverse)
      : scores_(scores), inverse_(numbers<T>{} + inverse), largest_(load(scores)) {
    for (std::size_t c = 1; c < classes; ++c) {
      const numbers<T> score = load(scores + c * lanes);
      largest_ = score > largest_ ? score : largest_;
    }
    for (std::size_t c = 0; c < classes; ++c) {
      total_ += exponential<T>(exponent(c));
    }
  }

  /// (score - largest) / temperature.
  [[nodiscard]] numbers<T> exponent(std::size_t c) const { return (load(scores_ + c * lanes) - largest_) * inverse_; }
  [[nodiscard]] numbers<T> share(std::size_t c) const { return exponential<T>(exponent(c)) / total_; }
  [[nodiscard]] double log_total(std::size_t lane) const { return std::log(static_cast<double>(total_[lane])); }

 private:
  const T* scores_;
  numbers<T> inverse_;
  numbers<T> largest_;
  numbers<T> total_{};
};

}  // namespace detail

/// What `distillation` weighs.
template <class T>
struct distillation_settings {
  T temperature = 1;  ///< > 0
  T weight = 1;       ///< of the other network, 0 to 1; the labels have the rest
};

/// Sum over samples of weight x ((1 - w) (-log softmax(s)_label) + w T² sum over c of q_c log(q_c / p_c)), with
/// p = softmax(s / T) and q = softmax(t / T).
/// @param a         scores s, labels, and as targets the scores t of another network.
/// @param settings  T and w.
/// @param scale     of the gradient.
/// @param to        where scale x the gradient by the scores goes, 0 in lanes without a sample; or null.
template <class T>
double distillation(const answers<T>& a, const distillation_settings<T>& settings, T scale, T* to) {
  constexpr std::size_t width = detail::short_vector<T>::width;
  const auto [temperature, weight] = settings;
  const double soft_weight = static_cast<double>(weight) * static_cast<double>(temperature * temperature);
  double loss = 0;
  for (std::size_t sample = 0; sample < blocks_of(a.samples()) * lanes; sample += width) {
    const std::size_t first = a.place(sample, 0);
    const std::size_t there = detail::samples_from(a, sample);
    const detail::tempered<T> hard(a.scores + first, a.classes, T{1});
    const detail::tempered<T> soft(a.scores + first, a.classes, 1 / temperature);
    const detail::tempered<T> aim(a.targets + first, a.classes, 1 / temperature);
    detail::numbers<T> factor{};
    for (std::size_t lane = 0; lane < there; ++lane) {
      factor[lane] = scale * a.weight(sample + lane);
    }
    detail::numbers<T> apart{};
    for (std::size_t c = 0; c < a.classes; ++c) {
      const detail::numbers<T> aimed_at = aim.share(c);
      apart += aimed_at * (aim.exponent(c) - soft.exponent(c));
      if (to != nullptr) {
        const auto slope = (1 - weight) * hard.share(c) + weight * temperature * (soft.share(c) - aimed_at);
        detail::store(to + first + c * lanes, factor * slope);
      }
    }
    for (std::size_t lane = 0; lane < there; ++lane) {
      const std::size_t label = a.labels[sample + lane];
      const double missed = hard.log_total(lane) - static_cast<double>(hard.exponent(label)[lane]);
      const double divergence = static_cast<double>(apart[lane]) + soft.log_total(lane) - aim.log_total(lane);
      loss += static_cast<double>(a.weight(sample + lane)) *
              (static_cast<double>(1 - weight) * missed + soft_weight * divergence);
      if (to != nullptr) {
        to[a.place(sample + lane, label)] -= factor[lane] * (1 - weight);
      }
    }
  }
  return loss;
}

}  // namespace espalier::inline v0::kernels

#endif
