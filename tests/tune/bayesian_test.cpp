// SPDX-License-Identifier: Apache-2.0
#include <espalier/tune/bayesian.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <espalier/tune/random_points.hpp>
#include <espalier/tune/try_all.hpp>

namespace tune = espalier::tune;

namespace {

const std::vector<tune::dimension> space{{1e-6, 1}, {0, 4, false}};

/// Least, 0, at (1e-3, 2).
double bowl(std::span<const double> point, std::size_t /*epochs*/) {
  const double factor = std::log10(point[0]) + 3;
  return factor * factor + (point[1] - 2) * (point[1] - 2);
}

/// Branin's function on a square that is moved to [0, 1]; least, 0.397887, at three places.
double branin(std::span<const double> point, std::size_t /*epochs*/) {
  constexpr double pi = 3.141592653589793;
  const double x = 15 * point[0] - 5;
  const double y = 15 * point[1];
  const double bend = y - 5.1 * x * x / (4 * pi * pi) + 5 * x / pi - 6;
  return bend * bend + 10 * (1 - 1 / (8 * pi)) * std::cos(x) + 10;
}

}  // namespace

TEST_SUITE("tune") {
  TEST_CASE("a Gaussian process goes through what it saw, is sure there and unsure elsewhere") {
    const std::vector<std::vector<double>> points{{0}, {0.3}, {0.5}, {1}};
    const tune::detail::gaussian_process learnt(points, {3, 1, 2, 6});
    // Scaled: mean 3, variance 3.5.
    for (std::size_t i = 0; i < 4; ++i) {
      const auto at = learnt.at(points[i]);
      CHECK(at.mean == doctest::Approx((std::vector<double>{3, 1, 2, 6}[i] - 3) / std::sqrt(3.5)).epsilon(0.01));
      CHECK(at.deviation < 0.02);
    }
    CHECK(learnt.at({0.75}).deviation > learnt.at({0.4}).deviation);
    CHECK(learnt.best_point() == points[1]);
  }

  TEST_CASE("a factor times itself is the matrix, and solves with it") {
    tune::detail::triangle factor(3);
    const std::vector<std::vector<double>> matrix{{4, 2, 1}, {2, 5, 3}, {1, 3, 6}};
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        factor(i, j) = matrix[i][j];
      }
    }
    factor.factor();
    const auto x = factor.backward(factor.forward({1, 2, 3}));
    for (std::size_t i = 0; i < 3; ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < 3; ++j) {
        sum += matrix[i][j] * x[j];
      }
      CHECK(sum == doctest::Approx(static_cast<double>(i + 1)));
    }
    CHECK(2 * factor.log_determinant() == doctest::Approx(std::log(67)));
  }

  TEST_CASE("the expected improvement is the mean of what falls below the best") {
    espalier::random_generator random(1);
    double sum = 0;
    for (int i = 0; i < 200'000; ++i) {
      const double value = 0.3 + 0.5 * random.normal();
      sum += value < 0.1 ? 0.1 - value : 0;
    }
    CHECK(tune::detail::expected_improvement(0.1, {0.3, 0.5}) == doctest::Approx(sum / 200'000).epsilon(0.02));
    CHECK(tune::detail::expected_improvement(1, {0.5, 0}) == 0.5);
    CHECK(tune::detail::expected_improvement(0, {0.5, 0}) == 0);
  }

  TEST_CASE("30 attempts come much closer to the least than 300 at random") {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
      const auto found = tune::bayesian(space, {.seed = seed}, bowl);
      CHECK(found.trials.size() == 30);
      const auto random = tune::try_all(tune::random_points(space, 300, seed), 1, bowl);
      CHECK(found.trials[found.best].loss < 1e-2);
      CHECK(found.trials[found.best].loss < random.trials[random.best].loss);
    }
  }

  TEST_CASE("a function with several valleys is followed to the bottom of one") {
    const std::vector<tune::dimension> square(2, {0, 1, false});
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
      const auto found = tune::bayesian(square, {.trials = 40, .seed = seed}, branin);
      CHECK(found.trials[found.best].loss >= 0.39788);
      CHECK(found.trials[found.best].loss < 0.6);
    }
  }

  TEST_CASE("batches come as close, and the points of one keep apart from each other") {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
      const auto found = tune::bayesian(space, {.trials = 32, .batch = 4, .seed = seed}, bowl);
      REQUIRE(found.trials.size() == 32);
      CHECK(found.trials[found.best].loss < 0.02);
      for (std::size_t first = 8; first < 32; first += 4) {
        for (std::size_t i = first; i < first + 4; ++i) {
          for (std::size_t j = first; j < i; ++j) {
            CHECK(found.trials[i].point != found.trials[j].point);
          }
        }
      }
    }
    // A last batch, and random points, that are cut off by the number of trials.
    CHECK(tune::bayesian(space, {.trials = 10, .batch = 4}, bowl).trials.size() == 10);
    CHECK(tune::bayesian(space, {.trials = 3}, bowl).trials.size() == 3);
  }

  TEST_CASE("the same seed tries the same points, also when it goes on; losses that are no numbers are survived") {
    const auto broken = [](std::span<const double> point, std::size_t epochs) {
      return point[1] > 3 ? std::nan("") : bowl(point, epochs);
    };
    const auto found = tune::bayesian(space, {.trials = 20, .seed = 5}, broken);
    CHECK(found.trials[found.best].loss < 0.3);
    tune::search_options options;
    options.known.assign(found.trials.begin(), found.trials.begin() + 13);
    const auto rest = tune::bayesian(space, {.trials = 20, .seed = 5}, broken, options);
    REQUIRE(rest.trials.size() == 20);
    for (std::size_t i = 0; i < 20; ++i) {
      CHECK(rest.trials[i].point == found.trials[i].point);
    }
    const auto hopeless = tune::bayesian(space, {.trials = 12}, [](auto, std::size_t) { return std::nan(""); });
    CHECK(hopeless.trials.size() == 12);
  }

  TEST_CASE("settings out of range are refused") {
    CHECK_THROWS_AS(static_cast<void>(tune::bayesian(space, {.trials = 0}, bowl)), espalier::argument_error);
    CHECK_THROWS_AS(static_cast<void>(tune::bayesian(space, {.random_trials = 0}, bowl)), espalier::argument_error);
    CHECK_THROWS_AS(static_cast<void>(tune::bayesian(space, {.candidates = 0}, bowl)), espalier::argument_error);
    CHECK_THROWS_WITH_AS(static_cast<void>(tune::bayesian(space, {.batch = 0}, bowl)),
                         doctest::Contains("batches of 0, expected at least one of each"), espalier::argument_error);
    CHECK_THROWS_AS(static_cast<void>(tune::bayesian({}, {}, bowl)), espalier::argument_error);
  }
}
