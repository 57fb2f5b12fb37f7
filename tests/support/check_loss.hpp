// SPDX-License-Identifier: Apache-2.0
// Checks the gradient of a loss by finite differences in double.
#ifndef ESPALIER_TESTS_SUPPORT_CHECK_LOSS_HPP
#define ESPALIER_TESTS_SUPPORT_CHECK_LOSS_HPP

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

#include <espalier/kernels/answers.hpp>
#include <espalier/loss/loss.hpp>

#include "support/lane_blocks.hpp"

namespace support {

/// Some samples that do not fill their last block, with random scores and targets, both between 0.1 and 0.9.
template <class T>
struct answers_under_test {
  explicit answers_under_test(std::size_t width) : outputs(width) {
    espalier::random_generator random(3);
    scores = random_blocks<T>(random, width, 2);
    targets = random_blocks<T>(random, width, 2);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      scores[i] = static_cast<T>(0.5) + static_cast<T>(0.4) * scores[i];
      targets[i] = static_cast<T>(0.5) + static_cast<T>(0.4) * targets[i];
    }
    for (std::size_t sample = 0; sample < samples; ++sample) {
      labels.push_back(static_cast<std::uint32_t>(random.below(width == 1 ? 2 : width)));
      weights.push_back(static_cast<T>(random.uniform()));
    }
  }
  [[nodiscard]] espalier::kernels::answers<T> with_targets() const {
    return {scores.data(), outputs, {}, targets.data(), {}, samples};
  }
  [[nodiscard]] espalier::kernels::answers<T> with_labels() const { return {scores.data(), outputs, labels}; }

  static constexpr std::size_t samples = 21;
  std::size_t outputs;
  std::vector<T> scores;
  std::vector<T> targets;
  std::vector<std::uint32_t> labels;
  std::vector<T> weights;
};

/// The sum of v v^T over the factors is the Hessian, by differences of gradients, and v is 0 in lanes without a sample.
template <espalier::loss::curved_loss Loss>
void check_curvature(const Loss& loss, answers_under_test<double>& test,
                     const espalier::kernels::answers<double>& answers) {
  std::vector<std::vector<double>> factors;
  for (std::size_t which = 0; which < loss.curvature_factors(test.outputs); ++which) {
    factors.emplace_back(test.scores.size(), 9);
    loss.curvature_factor(answers, which, factors.back().data());
    CHECK(factors.back()[place(test.samples, 0, test.outputs)] == 0);
  }
  std::vector<double> above(test.scores.size());
  std::vector<double> below(test.scores.size());
  for (std::size_t i = 0; i < test.samples * test.outputs; ++i) {
    CAPTURE(i);
    const std::size_t sample = i / test.outputs;
    const std::size_t row = place(sample, i % test.outputs, test.outputs);
    const double middle = test.scores[row];
    test.scores[row] = middle + 1e-6;
    loss.gradient(answers, 1.0, above.data());
    test.scores[row] = middle - 1e-6;
    loss.gradient(answers, 1.0, below.data());
    test.scores[row] = middle;
    for (std::size_t score = 0; score < test.outputs; ++score) {
      const std::size_t column = place(sample, score, test.outputs);
      double found = 0;
      for (const auto& factor : factors) {
        found += factor[row] * factor[column];
      }
      CHECK(found == doctest::Approx((above[column] - below[column]) / 2e-6).epsilon(1e-6).scale(1));
    }
  }
}

/// The gradient is that of finite differences, 0 where a block has no sample, and comes with the sum; a weight counts
/// as if a sample were there so often.
template <class Loss>
void check_loss(const Loss& loss, answers_under_test<double>& test, espalier::kernels::answers<double> answers) {
  for (const bool weighted : {false, true}) {
    answers.weights = weighted ? std::span<const double>(test.weights) : std::span<const double>();
    std::vector<double> gradient(test.scores.size(), 9);
    CHECK(loss.gradient(answers, 0.5, gradient.data()) == doctest::Approx(loss.sum(answers)));
    for (std::size_t i = 0; i < test.scores.size(); ++i) {
      CAPTURE(i);
      const double middle = test.scores[i];
      test.scores[i] = middle + 1e-6;
      const double above = loss.sum(answers);
      test.scores[i] = middle - 1e-6;
      const double below = loss.sum(answers);
      test.scores[i] = middle;
      CHECK(gradient[i] == doctest::Approx(0.5 * (above - below) / 2e-6).epsilon(1e-6).scale(1));
    }
    CHECK(gradient[place(test.samples, 0, test.outputs)] == 0);
    if constexpr (espalier::loss::curved_loss<Loss>) {
      check_curvature(loss, test, answers);
    }
  }
  double one_by_one = 0;
  for (std::size_t sample = 0; sample < test.samples; ++sample) {
    std::vector<double> alone(test.samples, 0);
    alone[sample] = 1;
    auto one = answers;
    one.weights = alone;
    one_by_one += test.weights[sample] * loss.sum(one);
  }
  CHECK(loss.sum(answers) == doctest::Approx(one_by_one));
}

}  // namespace support

#endif
