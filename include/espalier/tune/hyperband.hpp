// SPDX-License-Identifier: Apache-2.0
// Search that gives many points a few epochs and the better ones more.
#ifndef ESPALIER_TUNE_HYPERBAND_HPP
#define ESPALIER_TUNE_HYPERBAND_HPP

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
#include <espalier/tune/detail/ledger.hpp>
#include <espalier/tune/dimension.hpp>
#include <espalier/tune/random_points.hpp>
#include <espalier/tune/search_options.hpp>
#include <espalier/tune/search_result.hpp>
#include <espalier/tune/try_all.hpp>

namespace espalier::inline v0::tune {

/// Settings of `hyperband`.
struct hyperband_options {
  std::size_t maximum_epochs = 27;  ///< that the best points get, >= 1
  std::size_t factor = 3;           ///< by which points become fewer and epochs more from round to round, >= 2
  std::size_t iterations = 1;       ///< how often to do all of it, >= 1
  std::uint64_t seed = 0;           ///< of the points
};

namespace detail {

/// Points that stay in the race: those of the least losses, of equal ones the first.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] std::vector<std::vector<double>> best_of(const std::vector<std::vector<double>>& points,
                                                       const std::vector<double>& losses, std::size_t count) {
  std::vector<std::size_t> order(points.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return less(losses[a], losses[b]); });
  std::vector<std::vector<double>> best;
  for (std::size_t i = 0; i < count; ++i) {
    best.push_back(points[order[i]]);
  }
  return best;
}

/// Rounds of fewer points with more epochs, the last with all of them.
struct bracket {
  std::vector<std::vector<double>> points;  ///< of the next round; none: it is over
  std::size_t rounds = 0;                   ///< that are left after the next one
};

/// @return all brackets of a search.
template <class = void>  // so that it is compiled where it is called only
[[nodiscard]] std::vector<bracket> brackets_of(std::span<const dimension> space, const hyperband_options& settings) {
  std::size_t most_rounds = 0;
  for (std::size_t epochs = settings.maximum_epochs; epochs >= settings.factor; epochs /= settings.factor) {
    ++most_rounds;
  }
  random_generator seeds(settings.seed);
  std::vector<bracket> brackets;
  for (std::size_t iteration = 0; iteration < settings.iterations; ++iteration) {
    for (std::size_t rounds = most_rounds + 1; rounds-- > 0;) {
      double count = static_cast<double>(most_rounds + 1) / static_cast<double>(rounds + 1);
      for (std::size_t i = 0; i < rounds; ++i) {
        count *= static_cast<double>(settings.factor);
      }
      brackets.push_back({random_points(space, static_cast<std::size_t>(std::ceil(count)), seeds()), rounds});
    }
  }
  return brackets;
}

/// Tries the next round of every bracket at once, since the last rounds of a single one would leave threads idle.
/// @return whether there was one, and the search was not stopped.
template <class Evaluate>
[[nodiscard]] bool next_round(std::vector<bracket>& brackets, const hyperband_options& settings,
                              ledger<Evaluate>& attempts) {
  std::vector<trial> wanted;
  for (const bracket& one : brackets) {
    std::size_t epochs = settings.maximum_epochs;
    for (std::size_t i = 0; i < one.rounds; ++i) {
      epochs /= settings.factor;
    }
    for (const auto& point : one.points) {
      wanted.push_back({point, epochs});
    }
  }
  if (wanted.empty() || !attempts.attempt(wanted)) {
    return false;
  }
  auto tried = wanted.begin();
  for (bracket& one : brackets) {
    std::vector<double> losses;
    for (std::size_t i = 0; i < one.points.size(); ++i, ++tried) {
      losses.push_back(tried->loss);
    }
    const std::size_t left = one.rounds == 0 ? 0 : (std::max)(one.points.size() / settings.factor, std::size_t{1});
    one.points = best_of(one.points, losses, left);
    one.rounds -= one.rounds == 0 ? 0 : 1;
  }
  return true;
}

}  // namespace detail

/// Hyperband: brackets of successive halving, from many points with few epochs to few points with all of them. The
/// first rounds of all brackets are tried first, then their second ones, and so on.
/// @param space     what to choose.
/// @param settings  see hyperband_options.
/// @param evaluate  see evaluation; a point is begun anew in every round.
/// @param options   settings of all searches.
/// @return all attempts, and the best of those with all epochs.
/// @throws argument_error if a setting is out of its range.
/// Source: Li et al. 2018, "Hyperband: a novel bandit-based approach to hyperparameter optimization", JMLR 18.
template <evaluation Evaluate>
[[nodiscard]] search_result hyperband(std::span<const dimension> space, const hyperband_options& settings,
                                      Evaluate&& evaluate, const search_options& options = {}) {
  validate(space, "tune::hyperband");
  if (settings.maximum_epochs == 0 || settings.factor < 2 || settings.iterations == 0) {
    reject<argument_error>(
        "tune::hyperband",
        {settings.maximum_epochs, " epochs, factor ", settings.factor, " and ", settings.iterations, " iterations"},
        {"at least one epoch and iteration, and a factor of 2 or more"});
  }
  detail::ledger attempts(evaluate, options);
  auto brackets = detail::brackets_of(space, settings);
  while (detail::next_round(brackets, settings, attempts)) {
  }
  return attempts.take();
}

}  // namespace espalier::inline v0::tune

#endif
