// SPDX-License-Identifier: Apache-2.0
#include <espalier/kernels/pointwise_loss.hpp>

#include <doctest/doctest.h>

#include <vector>

#include "support/check_loss.hpp"

namespace kernels = espalier::kernels;

TEST_SUITE("kernels") {
  TEST_CASE_TEMPLATE("every score of a sample is looked at once, and a weight counts for its sample", T, float,
                     double) {
    support::answers_under_test<T> test(3);
    auto answers = test.with_targets();
    answers.weights = test.weights;
    std::vector<T> gradient(test.scores.size(), T{7});
    const double loss = kernels::pointwise_loss(answers, T{2}, gradient.data(), [](T score, T target) {
      return kernels::loss_point<T>{score * target, target};
    });
    double expected = 0;
    for (std::size_t sample = 0; sample < test.samples; ++sample) {
      for (std::size_t o = 0; o < 3; ++o) {
        const std::size_t place = support::place(sample, o, 3);
        expected += static_cast<double>(test.weights[sample] * test.scores[place] * test.targets[place]) / 3;
        CHECK(gradient[place] == doctest::Approx(2 * test.weights[sample] * test.targets[place] / 3));
      }
    }
    CHECK(loss == doctest::Approx(expected).epsilon(sizeof(T) == 4 ? 1e-6 : 1e-13));
    CHECK(gradient[support::place(test.samples, 2, 3)] == 0);
    CHECK(gradient[support::place(31, 0, 3)] == 0);
  }
}
