// SPDX-License-Identifier: Apache-2.0
#include <espalier/optim/clipped.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <span>
#include <vector>

#include <espalier/optim/sgd.hpp>

static_assert(espalier::optim::optimizer<espalier::optim::clipped<espalier::optim::sgd>>);

namespace optim = espalier::optim;

TEST_SUITE("optim") {
  TEST_CASE("values and norms stay below their limits, and small gradients are left alone") {
    const std::vector<double> gradients{3, -4, 0.5};
    std::vector<double> weights(3);
    optim::clipped<optim::sgd>::state<double> by_value({.largest_value = 1}, 3);
    by_value.begin_step(1);
    by_value.update(0, weights, gradients);
    CHECK(weights == std::vector<double>{-1, 1, -0.5});

    weights.assign(3, 0);
    optim::clipped<optim::sgd>::state<double> by_norm({.largest_norm = 1}, 3);
    by_norm.begin_step(1);
    by_norm.update(0, std::span(weights).first(2), std::span(gradients).first(2));
    by_norm.update(2, std::span(weights).last(1), std::span(gradients).last(1));
    CHECK(weights[0] == doctest::Approx(-0.6));
    CHECK(weights[1] == doctest::Approx(0.8));
    CHECK(weights[2] == -0.5);
  }

  TEST_CASE("all gradients together keep their direction") {
    const std::vector<double> gradients{3, -4, 12};
    std::vector<double> weights(3);
    optim::clipped<optim::sgd>::state<double> clipped({.largest_global_norm = 6.5}, 3);
    clipped.begin_step(1);
    clipped.survey(gradients);
    clipped.update(0, std::span(weights).first(2), std::span(gradients).first(2));
    clipped.update(2, std::span(weights).last(1), std::span(gradients).last(1));
    CHECK(weights == std::vector<double>{-1.5, 2, -6});
  }

  TEST_CASE("without limits it is the optimizer itself") {
    const std::vector<float> gradients{1e30F};
    std::vector<float> a(1);
    std::vector<float> b(1);
    optim::clipped<optim::sgd>::state<float> clipped({}, 1);
    optim::sgd::state<float> plain({}, 1);
    clipped.begin_step(0.1);
    plain.begin_step(0.1);
    clipped.update(0, a, gradients);
    plain.update(0, b, gradients);
    CHECK(a == b);
  }

  TEST_CASE("settings out of range are refused, those of the optimizer too") {
    CHECK_THROWS_WITH_AS((optim::clipped<optim::sgd>::state<double>({.largest_norm = -1}, 1)),
                         "espalier::optim::clipped: got limit -1.000000, expected 0 or more", espalier::argument_error);
    CHECK_THROWS_AS((optim::clipped<optim::sgd>::state<double>({.optimizer = {.momentum = 2}}, 1)),
                    espalier::argument_error);
  }
}
