// SPDX-License-Identifier: Apache-2.0
// A loss by which a network learns from labels and from another network, such as its own self before it was pruned.
#ifndef ESPALIER_LOSS_DISTILLATION_HPP
#define ESPALIER_LOSS_DISTILLATION_HPP

#include <cmath>
#include <string>

#include <espalier/base/errors.hpp>
#include <espalier/kernels/distillation.hpp>
#include <espalier/loss/detail/curvature.hpp>
#include <espalier/loss/loss.hpp>

namespace espalier::inline v0::loss {

/// (1 - weight) x cross-entropy with the label + weight x temperature² x divergence (Kullback and Leibler's) of
/// softmax(scores / temperature) from the same of the other network. The factor keeps the pull of the other network as
/// strong at any temperature. It needs data with labels and, as targets, scores; train::soft_targets makes them.
///
/// A softmax at the end of a network belongs to this loss and is not run before it.
/// Source: Hinton, Vinyals and Dean 2015, "Distilling the knowledge in a neural network", arXiv 1503.02531.
struct distillation {
  static constexpr kernels::score_kind scores = kernels::score_kind::before_softmax;
  static constexpr bool takes_targets = true;
  static constexpr bool needs_labels_and_targets = true;

  double temperature = 2;  ///< > 0; the higher, the more the small scores of the other network count
  double weight = 0.5;     ///< of the other network, in [0, 1]

  /// @throws argument_error if a setting is out of range or labels are missing, here and in `gradient`.
  template <class T>
  [[nodiscard]] double sum(const answers<T>& a) const {
    return gradient<T>(a, T{1}, nullptr);
  }
  template <class T>
  double gradient(const answers<T>& a, T scale, T* to) const {
    if (!(temperature > 0 && std::isfinite(temperature) && weight >= 0 && weight <= 1)) {
      reject<argument_error>("loss::distillation", {"temperature ", temperature, " and weight ", weight},
                             {"a positive temperature, and a weight from 0 to 1"});
    }
    if (a.targets == nullptr || a.labels.size() != a.count) {
      reject<argument_error>("loss::distillation", {"labels or targets alone"}, {"both for every sample"});
    }
    return kernels::distillation<T>(a, {static_cast<T>(temperature), static_cast<T>(weight)}, scale, to);
  }

  [[nodiscard]] static constexpr std::size_t curvature_factors(std::size_t outputs) noexcept { return 2 * outputs; }
  /// See curved_loss: those of the cross-entropy, then those of the divergence.
  template <class T>
  void curvature_factor(const answers<T>& a, std::size_t which, T* to) const {
    const bool hard = which < a.classes;
    const T share = static_cast<T>(hard ? 1 - weight : weight);
    const T inverse = hard ? T{1} : static_cast<T>(1 / temperature);
    detail::softmax_factor<T>(
        a, hard ? which : which - a.classes, inverse, [&](std::size_t) { return share; }, to);
  }
};
static_assert(curved_loss<distillation>);

}  // namespace espalier::inline v0::loss

#endif
