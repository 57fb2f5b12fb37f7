// SPDX-License-Identifier: Apache-2.0
#include <espalier/loss/distillation.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include <espalier/loss/categorical_cross_entropy.hpp>

#include "support/check_loss.hpp"

namespace loss = espalier::loss;

namespace {

template <class T>
espalier::kernels::answers<T> both(const support::answers_under_test<T>& test) {
  auto answers = test.with_targets();
  answers.labels = test.labels;
  return answers;
}

/// softmax(row / temperature) of one sample.
template <class T>
std::vector<double> probabilities(const std::vector<T>& scores, std::size_t sample, std::size_t classes,
                                  double temperature) {
  std::vector<double> shares(classes);
  double total = 0;
  for (std::size_t c = 0; c < classes; ++c) {
    shares[c] = std::exp(static_cast<double>(scores[support::place(sample, c, classes)]) / temperature);
    total += shares[c];
  }
  for (double& share : shares) {
    share /= total;
  }
  return shares;
}

}  // namespace

TEST_SUITE("loss") {
  TEST_CASE_TEMPLATE("the loss is what its formula says, at any temperature and weight", T, float, double) {
    for (const std::size_t classes : {1U, 2U, 7U}) {
      const support::answers_under_test<T> test(classes);
      for (const double temperature : {0.5, 1.0, 5.0}) {
        for (const double weight : {0.0, 0.25, 1.0}) {
          auto answers = both(test);
          const std::vector<std::uint32_t> first_class(test.samples);
          answers.labels = classes == 1 ? std::span(first_class) : answers.labels;
          double expected = 0;
          for (std::size_t sample = 0; sample < test.samples; ++sample) {
            const auto p = probabilities(test.scores, sample, classes, temperature);
            const auto q = probabilities(test.targets, sample, classes, temperature);
            expected -= (1 - weight) * std::log(probabilities(test.scores, sample, classes, 1)[answers.labels[sample]]);
            for (std::size_t c = 0; c < classes; ++c) {
              expected += weight * temperature * temperature * q[c] * std::log(q[c] / p[c]);
            }
          }
          CHECK(loss::distillation{temperature, weight}.sum(answers) ==
                doctest::Approx(expected).epsilon(sizeof(T) == 4 ? 2e-5 : 1e-12).scale(1));
        }
      }
    }
  }

  TEST_CASE("its gradient is that of finite differences, with labels, with the other network and with both") {
    support::answers_under_test<double> test(4);
    support::check_loss(loss::distillation{}, test, both(test));
    support::check_loss(loss::distillation{.temperature = 0.7, .weight = 1}, test, both(test));
    support::check_loss(loss::distillation{.temperature = 9, .weight = 0}, test, both(test));
  }

  TEST_CASE("without weight it is the cross-entropy, and a network that says the same is at its least") {
    support::answers_under_test<double> test(5);
    CHECK(loss::distillation{.weight = 0}.sum(both(test)) ==
          doctest::Approx(loss::categorical_cross_entropy{}.sum(test.with_labels())).epsilon(1e-13));
    test.targets = test.scores;
    for (double& score : test.targets) {
      score += 3;  // in all classes: the same shares
    }
    std::vector<double> gradient(test.scores.size(), 9);
    CHECK(loss::distillation{.weight = 1}.gradient(both(test), 1.0, gradient.data()) == doctest::Approx(0).scale(1));
    for (const double slope : gradient) {
      CHECK(slope == doctest::Approx(0).scale(1));
    }
  }

  TEST_CASE_TEMPLATE("certain answers neither overflow nor vanish", T, float, double) {
    std::vector<T> scores(32);
    std::vector<T> targets(32);
    scores[0] = targets[16] = 500;
    scores[16] = targets[0] = -500;
    const std::vector<std::uint32_t> labels{0};
    const loss::answers<T> answers{scores.data(), 2, labels, targets.data(), {}, 1};
    std::vector<T> gradient(32);
    CHECK(loss::distillation{.temperature = 2, .weight = 1}.gradient(answers, T{1}, gradient.data()) ==
          doctest::Approx(4 * 500));
    CHECK(gradient[0] == doctest::Approx(2));
    CHECK(gradient[16] == doctest::Approx(-2));
  }

  TEST_CASE("settings out of range, and labels or targets alone, are refused") {
    const support::answers_under_test<double> test(3);
    const auto refused = [&](const loss::distillation& one, const loss::answers<double>& answers) {
      CHECK_THROWS_AS(static_cast<void>(one.sum(answers)), espalier::argument_error);
    };
    refused({.temperature = 0}, both(test));
    refused({.temperature = std::nan("")}, both(test));
    refused({.temperature = INFINITY}, both(test));
    refused({.weight = 1.5}, both(test));
    refused({.weight = std::nan("")}, both(test));
    refused({}, test.with_labels());
    refused({}, test.with_targets());
  }
}
