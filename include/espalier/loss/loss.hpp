// SPDX-License-Identifier: Apache-2.0
// The concept of a loss: what training makes small.
#ifndef ESPALIER_LOSS_LOSS_HPP
#define ESPALIER_LOSS_LOSS_HPP

#include <concepts>
#include <cstddef>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/kernels/answers.hpp>
#include <espalier/kernels/score_kind.hpp>

namespace espalier::inline v0::loss {

using kernels::answers;

/// A loss over samples.
///
/// - `sum(answers)`: the sum of the samples' losses, each times the sample's weight.
/// - `gradient(answers, scale, to)`: scale times its gradient by the scores, 0 in lanes without a sample; returns what
///   `sum` does.
/// - optional: `scores`, which numbers of the network it looks at (a kernels::score_kind; those before a softmax unless
///   said), `classes(outputs)`, how many classes labels may name for so many outputs (as many as outputs unless said; 0
///   if it needs targets), `takes_targets`, whether data may have targets in place of labels (false unless said), and
///   `needs_labels_and_targets`, whether they must have both (false unless said).
template <class Loss>
concept loss = requires(const Loss& l, const answers<double>& a, double* to) {
  { l.sum(a) } -> std::convertible_to<double>;
  { l.gradient(a, 1.0, to) } -> std::convertible_to<double>;
};

/// @return which numbers of a network a loss looks at.
template <loss Loss>
[[nodiscard]] constexpr kernels::score_kind scores_of() noexcept {
  if constexpr (requires { Loss::scores; }) {
    return Loss::scores;
  } else {
    return kernels::score_kind::before_softmax;
  }
}

/// @param outputs  of a network.   @return how many classes labels may name; 0: the loss needs targets.
template <loss Loss>
[[nodiscard]] constexpr std::size_t classes_of(std::size_t outputs) noexcept {
  if constexpr (requires { Loss::classes(outputs); }) {
    return Loss::classes(outputs);
  } else {
    return outputs;
  }
}

/// @return whether data may have targets in place of labels.
template <loss Loss>
[[nodiscard]] constexpr bool takes_targets() noexcept {
  if constexpr (requires { Loss::takes_targets; }) {
    return Loss::takes_targets;
  } else {
    return false;
  }
}

/// @return whether data must have both labels and targets.
template <loss Loss>
[[nodiscard]] constexpr bool needs_labels_and_targets() noexcept {
  if constexpr (requires { Loss::needs_labels_and_targets; }) {
    return Loss::needs_labels_and_targets;
  } else {
    return false;
  }
}

/// A loss that also gives its Hessian by the scores of a sample, as a sum of v v^T:
///
/// - `curvature_factors(outputs)`: how many vectors v there are.
/// - `curvature_factor(answers, which, to)`: writes one of them for each sample, times the root of its weight; 0 where
///   lanes have no sample.
template <class Loss>
concept curved_loss = loss<Loss> && requires(const Loss& l, const answers<double>& a, double* to) {
  { l.curvature_factors(std::size_t{1}) } -> std::convertible_to<std::size_t>;
  l.curvature_factor(a, std::size_t{0}, to);
};

namespace detail {

/// @return the smoothing, if it is one.   @throws argument_error if it is outside [0, 1].
template <class T>
[[nodiscard]] T checked_smoothing(const char* loss, double smoothing) {
  if (!(smoothing >= 0 && smoothing <= 1)) {
    reject<argument_error>(std::string("loss::") + loss, {"label_smoothing ", smoothing}, {"0 to 1"});
  }
  return static_cast<T>(smoothing);
}

}  // namespace detail

}  // namespace espalier::inline v0::loss

#endif
