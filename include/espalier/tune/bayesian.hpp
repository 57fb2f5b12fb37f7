// SPDX-License-Identifier: Apache-2.0
// Search that learns from every attempt where the next one promises most.
#ifndef ESPALIER_TUNE_BAYESIAN_HPP
#define ESPALIER_TUNE_BAYESIAN_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <espalier/base/errors.hpp>
#include <espalier/base/random_generator.hpp>
#include <espalier/tune/detail/gaussian_process.hpp>
#include <espalier/tune/detail/ledger.hpp>
#include <espalier/tune/dimension.hpp>
#include <espalier/tune/search_options.hpp>
#include <espalier/tune/search_result.hpp>
#include <espalier/tune/try_all.hpp>

namespace espalier::inline v0::tune {

/// Settings of `bayesian`.
struct bayesian_options {
  std::size_t trials = 30;        ///< in all, >= 1
  std::size_t random_trials = 8;  ///< of them at random, before there is something to learn from; >= 1
  std::size_t epochs = 1;         ///< that each is given
  std::size_t candidates = 1000;  ///< points among which the most promising one is looked for, >= 1
  std::size_t batch = 1;  ///< points chosen at a time, >= 1; with more there is something to do for threads, but
                          ///< each is chosen before the others of its batch were tried
  std::uint64_t seed = 0;
};

namespace detail {

/// How much below `best` a loss is expected to come, if it comes below; normal with this mean and deviation.
[[nodiscard]] inline double expected_improvement(double best, const prediction& at) {
  if (at.deviation <= 0) {
    return best > at.mean ? best - at.mean : 0;
  }
  const double z = (best - at.mean) / at.deviation;
  const double density = std::exp(-z * z / 2) / std::sqrt(2 * 3.141592653589793);
  const double below = std::erfc(-z / std::sqrt(2.0)) / 2;
  return at.deviation * (z * below + density);
}

/// A point of the unit cube: anywhere, or every other time near the best so far.
[[nodiscard]] inline std::vector<double> draw(random_generator& random, std::size_t dimensions,
                                              const std::vector<double>* near) {
  std::vector<double> point(dimensions);
  for (std::size_t d = 0; d < dimensions; ++d) {
    double part = random.uniform();
    if (near != nullptr) {
      part = (*near)[d] + 0.05 * random.normal();
      part = part < 0 ? 0 : part > 1 ? 1 : part;
    }
    point[d] = part;
  }
  return point;
}

/// @return the candidate of the largest expected improvement, of equal ones the first.
[[nodiscard]] inline std::vector<double> most_promising(const gaussian_process& learnt, random_generator& random,
                                                        std::size_t dimensions, std::size_t candidates) {
  std::vector<double> promising;
  double most = -1;
  for (std::size_t i = 0; i < candidates; ++i) {
    auto point = draw(random, dimensions, i % 2 == 0 ? nullptr : &learnt.best_point());
    const double promise = expected_improvement(learnt.best_value(), learnt.at(point));
    if (promise > most) {
      most = promise;
      promising = std::move(point);
    }
  }
  return promising;
}

/// @return the place in a space that is a point of the unit cube.
[[nodiscard]] inline std::vector<double> point_at(std::span<const dimension> space, const std::vector<double>& parts) {
  std::vector<double> point;
  for (std::size_t d = 0; d < space.size(); ++d) {
    point.push_back(space[d].at(parts[d]));
  }
  return point;
}

/// Adds the points that are to be tried next: all that are to be random, then batch by batch. In a batch each point is
/// chosen as if those before it had had the least loss so far, which keeps the next away from there.
inline void propose(const bayesian_options& settings, random_generator& random, std::size_t dimensions,
                    std::vector<std::vector<double>>& tried, std::vector<double> losses) {
  if (tried.empty()) {
    for (std::size_t i = 0; i < (std::min)(settings.random_trials, settings.trials); ++i) {
      tried.push_back(draw(random, dimensions, nullptr));
    }
    return;
  }
  const double least = *std::min_element(losses.begin(), losses.end(), less);
  for (std::size_t i = 0; i < settings.batch && tried.size() < settings.trials; ++i) {
    tried.push_back(most_promising({tried, losses}, random, dimensions, settings.candidates));
    losses.push_back(least);
  }
}

}  // namespace detail

/// Bayesian optimization: a Gaussian process over the attempts so far, and the largest expected improvement next.
/// Losses that are not finite count as the worst seen.
/// @param space     what to choose.
/// @param settings  see bayesian_options.
/// @param evaluate  see evaluation.
/// @param options   settings of all searches.
/// @return all attempts, and the best.
/// @throws argument_error if a setting is out of its range.
/// Complexity: O(trials^4 + trials^3 candidates) beside the attempts.
/// Source: Jones, Schonlau and Welch 1998, "Efficient global optimization of expensive black-box functions"; batches by
/// the constant liar of Ginsbourger, Le Riche and Carraro 2010, "Kriging is well-suited to parallelize optimization".
template <evaluation Evaluate>
[[nodiscard]] search_result bayesian(std::span<const dimension> space, const bayesian_options& settings,
                                     Evaluate&& evaluate, const search_options& options = {}) {
  validate(space, "tune::bayesian");
  if (settings.trials == 0 || settings.random_trials == 0 || settings.candidates == 0 || settings.batch == 0) {
    reject<argument_error>("tune::bayesian",
                           {settings.trials, " trials, ", settings.random_trials, " at random, ", settings.candidates,
                            " candidates, and batches of ", settings.batch},
                           {"at least one of each"});
  }
  detail::ledger attempts(evaluate, options);
  random_generator random(settings.seed);
  std::vector<std::vector<double>> tried;  // in the unit cube
  std::vector<double> losses;
  while (tried.size() < settings.trials) {
    const std::size_t known = tried.size();
    detail::propose(settings, random, space.size(), tried, losses);
    std::vector<trial> wanted;
    for (std::size_t i = known; i < tried.size(); ++i) {
      wanted.push_back({detail::point_at(space, tried[i]), settings.epochs});
    }
    if (!attempts.attempt(wanted)) {
      break;
    }
    for (const trial& one : wanted) {
      losses.push_back(one.loss);
    }
  }
  return attempts.take();
}

}  // namespace espalier::inline v0::tune

#endif
