// SPDX-License-Identifier: Apache-2.0
#include <espalier/loss/categorical_cross_entropy.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include <espalier/kernels/lanes.hpp>

#include "support/check_loss.hpp"
#include "support/lane_blocks.hpp"

namespace loss = espalier::loss;

namespace {

template <class T>
double by_definition(const std::vector<T>& scores, std::size_t classes, const std::vector<std::uint32_t>& labels) {
  double result = 0;
  for (std::size_t sample = 0; sample < labels.size(); ++sample) {
    double total = 0;
    for (std::size_t c = 0; c < classes; ++c) {
      total += std::exp(static_cast<double>(scores[support::place(sample, c, classes)]));
    }
    result += std::log(total) - static_cast<double>(scores[support::place(sample, labels[sample], classes)]);
  }
  return result;
}

std::vector<std::uint32_t> some_labels(espalier::random_generator& random, std::size_t samples, std::size_t classes) {
  std::vector<std::uint32_t> labels;
  for (std::size_t i = 0; i < samples; ++i) {
    labels.push_back(static_cast<std::uint32_t>(random.below(classes)));
  }
  return labels;
}

}  // namespace

TEST_SUITE("loss") {
  TEST_CASE_TEMPLATE("the loss is the logarithm of one over the right class's probability", T, float, double) {
    espalier::random_generator random(2);
    for (const std::size_t classes : {1U, 2U, 5U, 10U}) {
      for (const std::size_t samples : {1U, 16U, 21U, 64U}) {
        const auto scores = support::random_blocks<T>(random, classes, espalier::kernels::blocks_of(samples));
        const auto labels = some_labels(random, samples, classes);
        const double got = loss::categorical_cross_entropy{}.sum(loss::answers<T>{scores.data(), classes, labels});
        CHECK(got == doctest::Approx(by_definition(scores, classes, labels)).epsilon(sizeof(T) == 4 ? 1e-6 : 1e-13));
      }
    }
  }

  TEST_CASE("the gradient is that of finite differences, and 0 where a block has no sample") {
    espalier::random_generator random(3);
    for (const std::size_t classes : {2U, 7U}) {
      auto scores = support::random_blocks<double>(random, classes, 2);
      const auto labels = some_labels(random, 21, classes);
      const loss::answers<double> answers{scores.data(), classes, labels};
      std::vector<double> gradient(scores.size(), 9);
      const double loss = loss::categorical_cross_entropy{}.gradient(answers, 0.5, gradient.data());
      CHECK(loss == loss::categorical_cross_entropy{}.sum(answers));
      for (std::size_t i = 0; i < scores.size(); ++i) {
        const double middle = scores[i];
        scores[i] = middle + 1e-6;
        const double above = loss::categorical_cross_entropy{}.sum(answers);
        scores[i] = middle - 1e-6;
        const double below = loss::categorical_cross_entropy{}.sum(answers);
        scores[i] = middle;
        CHECK(gradient[i] == doctest::Approx(0.5 * (above - below) / 2e-6).epsilon(1e-6).scale(1));
      }
      CHECK(gradient[support::place(21, 0, classes)] == 0);
      CHECK(gradient[support::place(31, classes - 1, classes)] == 0);
    }
  }

  TEST_CASE_TEMPLATE("certain answers neither overflow nor vanish", T, float, double) {
    std::vector<T> scores(32);
    scores[0] = 500;
    scores[16] = -500;
    const std::vector<std::uint32_t> right{0};
    const std::vector<std::uint32_t> wrong{1};
    CHECK(loss::categorical_cross_entropy{}.sum(loss::answers<T>{scores.data(), 2, right}) == 0);
    const loss::answers<T> answers{scores.data(), 2, wrong};
    CHECK(loss::categorical_cross_entropy{}.sum(answers) == doctest::Approx(1000));
    std::vector<T> gradient(32);
    loss::categorical_cross_entropy{}.gradient(answers, T{1}, gradient.data());
    CHECK(gradient[0] == doctest::Approx(1));
    CHECK(gradient[16] == doctest::Approx(-1));
  }

  TEST_CASE_TEMPLATE("scores that are not finite give a loss that is not finite", T, float, double) {
    for (const T bad : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()}) {
      std::vector<T> scores(48);
      scores[16] = bad;
      const std::vector<std::uint32_t> labels{0, 1};
      CHECK_FALSE(std::isfinite(loss::categorical_cross_entropy{}.sum(loss::answers<T>{scores.data(), 3, labels})));
    }
  }

  TEST_CASE("targets may be shares of several classes, and labels may be smoothed") {
    support::answers_under_test<double> test(4);
    support::check_loss(loss::categorical_cross_entropy{}, test, test.with_labels());
    support::check_loss(loss::categorical_cross_entropy{.label_smoothing = 0.2}, test, test.with_labels());
    support::check_loss(loss::categorical_cross_entropy{.label_smoothing = 0.1}, test, test.with_targets());
    // One right class as targets is that label.
    for (std::size_t sample = 0; sample < test.samples; ++sample) {
      for (std::size_t c = 0; c < 4; ++c) {
        test.targets[support::place(sample, c, 4)] = test.labels[sample] == c ? 1 : 0;
      }
    }
    CHECK(loss::categorical_cross_entropy{}.sum(test.with_targets()) ==
          doctest::Approx(loss::categorical_cross_entropy{}.sum(test.with_labels())).epsilon(1e-13));
    CHECK_THROWS_AS(loss::categorical_cross_entropy{.label_smoothing = -0.1}.sum(test.with_labels()),
                    espalier::argument_error);
  }
}
