// SPDX-License-Identifier: Apache-2.0
#include <espalier/metric/auc.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <espalier/base/random_generator.hpp>

namespace metric = espalier::metric;

TEST_SUITE("metric") {
  TEST_CASE("the area is the chance that a positive is above a negative, a tie counting half") {
    espalier::random_generator random(5);
    for (int round = 0; round < 20; ++round) {
      std::vector<double> outputs;
      std::vector<std::uint32_t> labels;
      std::vector<double> weights;
      for (int i = 0; i < 30; ++i) {
        outputs.push_back(static_cast<double>(random.below(12)) - 4);
        labels.push_back(static_cast<std::uint32_t>(random.below(2)));
        weights.push_back(random.uniform());
      }
      double above = 0;
      double pairs = 0;
      for (std::size_t i = 0; i < 30; ++i) {
        for (std::size_t j = 0; j < 30; ++j) {
          if (labels[i] == 1 && labels[j] == 0) {
            const double pair = weights[i] * weights[j];
            above += pair * (outputs[i] > outputs[j] ? 1 : (outputs[i] == outputs[j] ? 0.5 : 0));
            pairs += pair;
          }
        }
      }
      CHECK(metric::auc{}(metric::predictions<double>{outputs, 1, labels, {}, weights}) ==
            doctest::Approx(above / pairs));
    }
  }

  TEST_CASE("many thresholds come close to the exact area; a single one is refused") {
    espalier::random_generator random(6);
    std::vector<double> outputs;
    std::vector<std::uint32_t> labels;
    for (int i = 0; i < 500; ++i) {
      labels.push_back(static_cast<std::uint32_t>(random.below(2)));
      outputs.push_back(0.5 * random.uniform() + 0.3 * labels.back());
    }
    const metric::predictions<double> p{outputs, 1, labels};
    const double exact = metric::auc{}(p);
    CHECK(exact > 0.8);
    CHECK(metric::auc{.thresholds = 2000}(p) == doctest::Approx(exact).epsilon(1e-3));
    CHECK(metric::auc{.thresholds = 3}(p) != doctest::Approx(exact).epsilon(1e-3));
    CHECK_THROWS_AS(metric::auc{.thresholds = 1}(p), espalier::argument_error);
    outputs[3] = std::numeric_limits<double>::quiet_NaN();
    CHECK(std::isnan(metric::auc{}(p)));
  }

  TEST_CASE("with one kind of target there is no area") {
    const std::vector<double> outputs{0.1, 0.2};
    const std::vector<std::uint32_t> labels{1, 1};
    CHECK(metric::auc{}(metric::predictions<double>{outputs, 1, labels}) == 0);
  }
}
