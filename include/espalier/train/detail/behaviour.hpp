// SPDX-License-Identifier: Apache-2.0
// What optimizers and losses do to some fixed numbers: it stands for all their settings, whatever these are called.
#ifndef ESPALIER_TRAIN_DETAIL_BEHAVIOUR_HPP
#define ESPALIER_TRAIN_DETAIL_BEHAVIOUR_HPP

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/base/fingerprint.hpp>
#include <espalier/kernels/lanes.hpp>
#include <espalier/loss/loss.hpp>
#include <espalier/optim/optimizer.hpp>
#include <espalier/train/data_view.hpp>

namespace espalier::inline v0::train::detail {

/// @return a sum of where three steps take some weights; gradients small, large and falling, so that epsilons, limits
///         and what is remembered show.
template <optim::optimizer Optimizer>
[[nodiscard]] std::uint64_t behaviour_of_optimizer(const Optimizer& optimizer) {
  constexpr std::array<std::array<double, 3>, 3> steps{{{1e-6, -40, 0.5}, {2e-6, 3, -0.25}, {-1e-6, 0.1, 0.125}}};
  std::array<double, 3> weights{1, -2, 0.5};
  typename Optimizer::template state<double> state(optimizer, weights.size());
  for (const std::array<double, 3>& gradients : steps) {
    state.begin_step(0.01);
    if constexpr (requires { state.survey(std::span<const double>(gradients)); }) {
      state.survey(std::span<const double>(gradients));
    }
    state.update(0, std::span<double>(weights), std::span<const double>(gradients));
  }
  return fingerprint().add(std::span<const double>(weights)).value();
}

/// @param data  says whether answers are labels or targets, and how many numbers they have.
/// @return a sum of what a loss says of two answers, one with small scores and one with large ones.
template <loss::loss Loss, class T>
[[nodiscard]] std::uint64_t behaviour_of_loss(const Loss& loss, const data_view<T>& data) {
  const bool binary = loss::classes_of<Loss>(2) == 0;  // two scores of such a loss need targets
  const std::size_t width = data.outputs != 0 ? data.outputs : binary ? 1 : 2;
  std::vector<double> scores(width * kernels::lanes);
  std::vector<double> targets(scores.size());
  std::vector<double> gradient(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    scores[i] = 0.5 + 0.25 * std::sin(static_cast<double>(i)) * static_cast<double>(i % kernels::lanes == 0 ? 1 : 9);
    targets[i] = 1 / static_cast<double>(width);
  }
  const std::array<std::uint32_t, 2> labels{0, 0};
  loss::answers<double> answers{scores.data(), width};
  if (!data.labels.empty()) {
    answers.labels = labels;
  }
  if (data.outputs != 0) {
    answers.targets = targets.data();
    answers.count = labels.size();
  }
  fingerprint sum;
  sum.add(static_cast<double>(loss.gradient(answers, 1.0, gradient.data())));
  return sum.add(std::span<const double>(gradient)).value();
}

}  // namespace espalier::inline v0::train::detail

#endif
